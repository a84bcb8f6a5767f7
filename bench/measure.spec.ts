// Requests, bytes, memory and start-up of the release build, as one table.
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Browser, expect, test } from '@playwright/test';
import { Server } from '../end2end/server.ts';
import { header, type Policy, sign, until } from '../end2end/signing.ts';

const run = promisify(execFile);
const seconds = process.env.SECONDS_EACH ?? '10';
const connections = process.env.CONNECTIONS ?? '64';
const courses = process.env.BENCH_COURSES ?? '';

test('measure', async ({ browser }) => {
  const rows: string[][] = [];
  const starts: number[] = [];
  const server = await Server.start(courses);
  try {
    for (let n = 0; n < 5; n++) {
      await server.kill();
      const started = performance.now();
      await server.run();
      starts.push(performance.now() - started);
    }
    rows.push(['start to ready', `${median(starts).toFixed(0)} ms`]);
    rows.push(['memory, idle', megabytes(await server.memory('VmRSS'))]);

    const catalogue = await cataloguePages(server);
    const pages = Array.from({ length: 900 }, (_, n) => `${server.url}/courses/course-${n + 100}`);
    const session = await signedIn(server);
    const loads: [string, string[], string?][] = [
      ['nothing but HTTP (/health/live)', [`${server.url}/health/live`]],
      ['catalogue, 24 of 1,000 courses, for visitors', catalogue],
      ['course page, 12 x 8 lessons, for visitors', pages],
      ['catalogue, rendered for somebody signed in', catalogue, session],
      ['course page, rendered for somebody signed in', pages, session],
    ];
    for (const [name, urls, cookie] of loads) {
      await load(urls, '3', cookie);
      const { rate, p99 } = await load(urls, seconds, cookie);
      rows.push([name, `${rate.toFixed(0)} requests/s, p99 ${p99.toFixed(1)} ms`]);
    }
    rows.push(['memory, after load', megabytes(await server.memory('VmRSS'))]);

    const segment = await twoMegabyteSegment(server);
    await load([segment.url], '3', segment.cookie);
    const { bytes } = await load([segment.url], seconds, segment.cookie);
    rows.push(['edge, 2 MB segment, signed cookies', `${(bytes / 1e6).toFixed(0)} MB/s`]);

    const { usable, total } = await transferred(browser, `${server.url}/courses`);
    rows.push(['bytes until the catalogue is usable', kilobytes(usable)]);
    rows.push(['bytes in total, with WASM', kilobytes(total)]);
  } finally {
    await server.stop();
  }
  const width = Math.max(...rows.map(([name = '']) => name.length));
  console.log(`\n${rows.map(([name = '', value]) => `${name.padEnd(width)}  ${value}`).join('\n')}\n`);
});

/**
 * One run of the load generator over these addresses, in random order; answers come uncompressed, as behind a proxy that
 * compresses. Fails unless each is a 200.
 */
async function load(urls: string[], duration: string, cookie?: string) {
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

/** The session cookie of somebody who signed in: their pages are rendered each time. */
async function signedIn(server: Server): Promise<string> {
  const [email, password] = ['reader@stoa.example', 'measured, then claimed'];
  await server.command(['account', 'add', '--email', email, '--name', 'Reader', '--role', 'learner'], password);
  const answer = await fetch(`${server.url}/api/session/sign-in`, {
    method: 'POST',
    body: new URLSearchParams({ email, password }),
  });
  const cookie = answer.headers.getSetCookie().find((cookie) => cookie.startsWith('stoa='));
  if (!cookie) throw new Error(`sign-in was refused: ${answer.status}`);
  return cookie.split(';')[0] ?? '';
}

/** The first nine pages of the catalogue: each names the next. */
async function cataloguePages(server: Server): Promise<string[]> {
  const pages = [`${server.url}/courses`];
  while (pages.length < 9) {
    const html = await (await fetch(pages.at(-1) ?? '')).text();
    const next = /href="(\/courses\?after=[^"]+)"/.exec(html)?.[1];
    if (!next) throw new Error('the catalogue ends too early');
    pages.push(server.url + next.replaceAll('&amp;', '&'));
  }
  return pages;
}

/** A segment where transcoding would have put one, and the cookies that open it. */
async function twoMegabyteSegment(server: Server): Promise<{ url: string; cookie: string }> {
  const path = 'media/01ARZ3NDEKTSV4RRFFQ69G5FAV/1/720p';
  const folder = join(server.data, 'blobs', path);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, '0.m4s'), randomBytes(2_000_000));
  const policy: Policy = { Statement: [{ Resource: `${server.url}/${path}/*`, Condition: until(3600) }] };
  return { url: `${server.url}/${path}/0.m4s`, cookie: header(await sign(server.data, policy)) };
}

/** What a browser with an empty cache receives: until it has painted and can follow links, and until it is quiet. */
async function transferred(browser: Browser, url: string): Promise<{ usable: number; total: number }> {
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    const devtools = await context.newCDPSession(page);
    const scripts = new Map<string, boolean>();
    let usable = 0;
    let total = 0;
    await devtools.send('Network.enable');
    devtools.on('Network.responseReceived', ({ requestId, response, type }) => {
      scripts.set(requestId, type === 'Script' || /\.(wasm|js)$/.test(response.url));
    });
    devtools.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
      total += encodedDataLength;
      if (!scripts.get(requestId)) usable += encodedDataLength;
    });
    await page.goto(url);
    await page.waitForLoadState('networkidle');
    return { usable, total };
  } finally {
    await context.close();
  }
}

const median = (values: number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(0)} MB`;
const kilobytes = (bytes: number) => `${(bytes / 1e3).toFixed(1)} kB`;
