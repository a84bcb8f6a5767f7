// An upload through loopback beside `cp` of as many bytes on the same file system, by turns: on the disk, where each byte is
// synced before it is acknowledged, and in memory, where that costs nothing.
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Browser, expect, test } from '@playwright/test';
import { run } from '../end2end/films.ts';
import * as people from '../end2end/people.ts';
import { Room } from '../end2end/room.ts';
import { send } from '../end2end/sending.ts';
import { Server } from '../end2end/server.ts';
import { median, megabytes, table } from './load.ts';

const MiB = 1024 ** 2;
const rounds = Number(process.env.UPLOADS ?? 5);

test('an upload beside cp', async ({ browser }) => {
  const rows: string[][] = [];
  const places = [
    { where: 'to the disk', size: 2048 * MiB },
    // Beside the file and its copy are the uploads of this round and the last.
    { where: 'in memory', size: 1024 * MiB, room: 4096 * MiB },
  ];
  for (const { where, size, room } of places) {
    const what = `upload of ${size / MiB / 1024} GiB ${where}`;
    const impossible = room && (await Room.impossible());
    if (impossible) {
      rows.push([what, impossible]);
      continue;
    }
    const server = await Server.start({ room });
    try {
      const { upload, cp, synced, grown } = await measure(browser, server, size);
      const speed = `${((size / 1e6 / median(upload)) * 1000).toFixed(0)} MB/s`;
      const ratio = (of: number[]) => median(upload.map((time, n) => (of[n] ?? 0) / time)).toFixed(2);
      // In memory there is nothing to sync.
      const durable = room ? '' : `, ${ratio(synced)} of cp and sync`;
      rows.push([what, `${speed}: ${ratio(cp)} of cp${durable}`]);
      rows.push(['more memory meanwhile', megabytes(grown)]);
    } finally {
      await server.stop();
    }
  }
  table(rows);
});

/** Times in milliseconds, of each round, and by how much the server's resident memory grew. */
async function measure(browser: Browser, server: Server, size: number) {
  const context = await browser.newContext({ baseURL: server.url });
  const page = await context.newPage();
  await people.signIn(page, people.instructor);
  await people.createCourse(page, 'A long film');
  await people.addSection(page, 'Start');
  await people.addLesson(page, 'Two hours');
  await people.openLessonEditor(page, 'Two hours');
  const [source, copy] = [join(server.data, 'source'), join(server.data, 'copy')];
  await write(source, size);
  const before = await server.memory('VmRSS');
  const times = { upload: [] as number[], cp: [] as number[], synced: [] as number[] };
  for (let n = 0; n < rounds; n++) {
    times.cp.push(await timed(() => run('cp', [source, copy])));
    await run('sync', [copy]);
    await rm(copy);
    times.synced.push(await timed(() => run('cp', [source, copy]).then(() => run('sync', [copy]))));
    await rm(copy);
    times.upload.push(await timed(async () => expect(await send(page, server, size)).toBeLessThan(300)));
    // The next one takes its place.
    await page.reload();
    await expect(page.getByRole('alert')).toContainText('not a video', { timeout: 60_000 });
  }
  const grown = (await server.memory('VmHWM')) - before;
  await context.close();
  return { ...times, grown };
}

async function write(path: string, size: number): Promise<void> {
  const block = Buffer.alloc(MiB, 'not a film ');
  const file = await open(path, 'w');
  for (let at = 0; at < size; at += block.length) await file.write(block);
  await file.sync();
  await file.close();
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}
