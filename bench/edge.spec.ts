// The edge, which checks signatures, against nginx on the same files in the same run: by turns, because machines drift.
import { randomBytes } from 'node:crypto';
import { mkdir, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { Server } from '../end2end/server.ts';
import { header, type Policy, sign, until } from '../end2end/signing.ts';
import { type Load, load, median, megabytes, table } from './load.ts';
import { Nginx } from './nginx.ts';
import { SlowReaders } from './slow.ts';

const pairs = Number(process.env.PAIRS ?? 7);
const seconds = process.env.SECONDS_PAIR ?? '4';
const readers = Number(process.env.SLOW_READERS ?? 10_000);
const version = 'media/01ARZ3NDEKTSV4RRFFQ69G5FAV/1';

test('the edge and nginx', async () => {
  const rows: string[][] = [];
  // Neither writes a log line for each request.
  const server = await Server.start({ courses: await nothing(), settings: { STOA_LOG__FILTER: 'warn' } });
  let nginx: Nginx | undefined;
  try {
    nginx = await Nginx.start(server);
    const cookie = await publish(server);
    const sides = { edge: server.url, nginx: nginx.open, checked: nginx.checked };
    const turns = async (path: string, names: (keyof typeof sides)[]) => {
      const results: Record<string, Load[]> = {};
      for (const name of names) await load([`${sides[name]}/${version}/${path}`], '1', cookie);
      for (let turn = 0; turn < pairs; turn++) {
        for (const name of names) {
          (results[name] ??= []).push(await load([`${sides[name]}/${version}/${path}`], seconds, cookie));
        }
      }
      return results;
    };

    const segments = await turns('720p/0.m4s', ['edge', 'nginx']);
    rows.push(['2 MB segments: edge', speed(segments.edge, 'bytes')]);
    rows.push(['2 MB segments: nginx', speed(segments.nginx, 'bytes')]);
    rows.push(['2 MB segments: edge / nginx', ratio(segments.edge, segments.nginx, 'bytes')]);
    const playlists = await turns('720p/index.m3u8', ['edge', 'nginx', 'checked']);
    rows.push(['playlists: edge', speed(playlists.edge, 'rate')]);
    rows.push(['playlists: nginx', speed(playlists.nginx, 'rate')]);
    rows.push(['playlists: nginx, auth_request to the edge', speed(playlists.checked, 'rate')]);
    rows.push(['playlists: edge / nginx', ratio(playlists.edge, playlists.nginx, 'rate')]);
    rows.push(['playlists: edge / nginx with auth_request', ratio(playlists.edge, playlists.checked, 'rate')]);
  } finally {
    await nginx?.stop();
    await server.stop();
  }
  table(rows);
});

test('slow readers', async () => {
  const server = await Server.start({
    courses: await nothing(),
    settings: { STOA_LOG__FILTER: 'warn', STOA_HTTP__MAX_CONNECTIONS: String(2 * readers) },
  });
  const rows: string[][] = [];
  try {
    const cookie = await publish(server);
    // More than the system's buffers take: nobody has all of it while this runs.
    const long = `${version}/720p/long.m4s`;
    await writeFile(join(server.data, 'blobs', long), '');
    await truncate(join(server.data, 'blobs', long), 64_000_000);
    const note = async (when: string) => rows.push([`memory, ${when}`, megabytes(await server.memory('VmRSS'))]);
    await note('idle');
    const slow = await SlowReaders.connect(server.port, `/${long}`, cookie, readers);
    await note(`${readers} slow readers have begun`);
    for (const moment of ['10 s later', '20 s later', '30 s later']) {
      const before = slow.received;
      await new Promise((later) => setTimeout(later, 10_000));
      expect(slow.received, 'they read on').toBeGreaterThan(before);
      await note(moment);
    }
    expect(slow.open).toBe(readers);
    slow.leave();
  } finally {
    await server.stop();
  }
  table(rows);
});

/** Courses for a server that has none. */
async function nothing(): Promise<string> {
  const file = test.info().outputPath('courses.json');
  await writeFile(file, '[]');
  return file;
}

/** A segment and a playlist where transcoding would have put them; tells the cookies that open them. */
async function publish(server: Server): Promise<string> {
  const folder = join(server.data, 'blobs', version, '720p');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, '0.m4s'), randomBytes(2_000_000));
  const segments = Array.from({ length: 100 }, (_, n) => `#EXTINF:6.00000,\n${n}.m4s\n`);
  await writeFile(join(folder, 'index.m3u8'), `#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:6\n${segments.join('')}#EXT-X-ENDLIST\n`);
  const policy: Policy = { Statement: [{ Resource: `${server.url}/${version}/*`, Condition: until(3600) }] };
  return header(await sign(server.data, policy));
}

function speed(loads: Load[] = [], of: 'bytes' | 'rate'): string {
  const middle = median(loads.map((load) => load[of]));
  const p99 = median(loads.map((load) => load.p99));
  return `${of === 'bytes' ? `${megabytes(middle)}/s` : `${middle.toFixed(0)} requests/s`}, p99 ${p99.toFixed(1)} ms`;
}

/** The median of what each pair gives, and the range. */
function ratio(ours: Load[] = [], theirs: Load[] = [], of: 'bytes' | 'rate'): string {
  const ratios = ours.map((load, turn) => load[of] / (theirs[turn]?.[of] ?? NaN)).sort((a, b) => a - b);
  const [least = NaN, most = NaN] = [ratios[0], ratios.at(-1)];
  return `${median(ratios).toFixed(2)} (${least.toFixed(2)} to ${most.toFixed(2)}, ${ratios.length} pairs)`;
}
