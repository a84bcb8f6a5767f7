// The load generator, and what is made of its figures.
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { expect, test } from '@playwright/test';

const run = promisify(execFile);
const connections = process.env.CONNECTIONS ?? '64';

export type Load = { rate: number; p99: number; bytes: number };

/**
 * One run of the load generator over these addresses, in random order; answers come uncompressed, as behind a proxy that
 * compresses. Fails unless each is a 200. Rates are for a second, times in milliseconds.
 */
export async function load(urls: string[], duration: string, cookie?: string): Promise<Load> {
  const list = test.info().outputPath('urls.txt');
  await writeFile(list, urls.join('\n'));
  const { stdout } = await run(
    'oha',
    [
      ...['-z', `${duration}s`, '-c', connections, '--no-tui', '--disable-compression', '--output-format', 'json', '--urls-from-file'],
      ...(cookie ? ['-H', `cookie: ${cookie}`] : []),
      list,
    ],
    { maxBuffer: 1e8 },
  );
  const result = JSON.parse(stdout);
  expect(Object.keys(result.statusCodeDistribution), urls[0]).toEqual(['200']);
  return {
    rate: result.statusCodeDistribution['200'] / result.summary.total,
    p99: result.latencyPercentiles.p99 * 1000,
    bytes: result.summary.sizePerSec,
  };
}

export const median = (values: number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
export const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(0)} MB`;

export function table(rows: string[][]): void {
  const width = Math.max(...rows.map(([name = '']) => name.length));
  console.log(`\n${rows.map(([name = '', value]) => `${name.padEnd(width)}  ${value}`).join('\n')}\n`);
}
