// The server's disk is full, amid an upload and amid a conversion: people are told what to do, nothing is lost, and all
// goes on once there is room.
import { createHash, randomBytes } from 'node:crypto';
import { readdir, readFile, rm, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { clip } from './films.ts';
import { expect, testOn } from './fixtures.ts';
import { slow } from './networks.ts';
import * as people from './people.ts';
import { Room } from './room.ts';
import { Server } from './server.ts';

const MiB = 1024 ** 2;
const impossible = await Room.impossible();
// Where every test has to be run, this one has to be.
if (process.env.CI && impossible) throw new Error(impossible);
const test = testOn(() => Server.start({ room: impossible ? undefined : 160 * MiB }));
test.skip(Boolean(impossible), impossible);

const ballast = (server: Server, n = 0) => join(server.data, `ballast-${n}`);

/** Leaves no byte of room on the server's disk. */
async function fill(server: Server, n = 0): Promise<void> {
  const { bavail, bsize } = await statfs(server.data);
  await writeFile(ballast(server, n), Buffer.alloc(bavail * bsize + MiB)).catch((error) => expect(error.code).toBe('ENOSPC'));
}

/** A film that lasts on its way: behind it is a box that players skip. */
async function longFilm(path: string): Promise<string> {
  const film = await readFile(await clip({ size: '426x240', seconds: 8 }));
  const box = randomBytes(40 * MiB);
  box.writeUInt32BE(box.length);
  box.write('free', 4, 'latin1');
  const file = Buffer.concat([film, box]);
  await writeFile(path, file);
  return createHash('sha256').update(file).digest('hex');
}

async function upload(page: Page, path: string): Promise<void> {
  await page.getByLabel('Video file').setInputFiles(path);
  await page.getByRole('button', { name: 'Upload', exact: true }).click();
}

test('an upload stops where the disk is full, says so, and goes on from there', async ({ page, server }, info) => {
  test.setTimeout(180_000);
  await people.lessonOfItsOwn(page, 'No room to send');
  const path = info.outputPath('long.mp4');
  const sum = await longFilm(path);
  const full = await slow(page, 8 * MiB);
  await upload(page, path);
  const bar = page.getByRole('progressbar', { name: 'Upload of long.mp4' });
  await expect.poll(() => bar.evaluate((bar: HTMLProgressElement) => bar.value), { timeout: 30_000 }).toBeGreaterThan(40);
  await fill(server);
  await expect(page.getByRole('alert')).toHaveText(
    'There is no room left on the server. What has arrived is kept: tell the operator, then press Resume.',
    { timeout: 30_000 },
  );

  await rm(ballast(server));
  await full();
  const resumed = page.waitForRequest((request) => request.method() === 'PATCH');
  await page.getByRole('button', { name: 'Resume long.mp4' }).click();
  expect(Number((await resumed).headers()['upload-offset'])).toBeGreaterThanOrEqual(8 * MiB);
  await expect(page.getByText('Ready', { exact: true })).toBeVisible({ timeout: 60_000 });
  const uploads = join(server.data, 'blobs', 'uploads');
  const sources = (await readdir(uploads, { recursive: true })).filter((file) => file.endsWith('/source'));
  const sums = sources.map(async (file) => createHash('sha256').update(await readFile(join(uploads, file))).digest('hex'));
  expect(await Promise.all(sums)).toContain(sum);
});

test('a conversion waits where the disk is full, says so, and goes on by itself', async ({ page, server, newPerson }) => {
  test.setTimeout(240_000);
  await people.lessonOfItsOwn(page, 'No room to convert');
  await upload(page, await clip({ size: '1280x720', rate: '30', seconds: 15 }));
  await expect(page.getByText(/^Converting/)).toBeVisible({ timeout: 60_000 });
  await fill(server);
  await expect(page.getByText('There is no room left on the server: the conversion waits.')).toBeVisible({ timeout: 60_000 });

  const operator = await newPerson();
  await people.signIn(operator, people.operator);
  await operator.goto('/operate/videos');
  const row = operator.getByRole('listitem').filter({ hasText: 'No room to convert' });
  await row.getByText('Log', { exact: true }).click();
  await expect(row.getByText('there is no room left on the disk')).toBeVisible();

  await rm(ballast(server));
  await expect(page.getByText('Ready', { exact: true })).toBeVisible({ timeout: 150_000 });
  await expect(page.getByText('no room left')).toBeHidden();
});

test('what cannot be recorded is refused, nothing is damaged, and with room all goes on', async ({ page, server, browser, baseURL }) => {
  test.setTimeout(180_000);
  await people.signIn(page, people.instructor);
  const cookies = await page.context().cookies();
  const headers = { cookie: cookies.map(({ name, value }) => `${name}=${value}`).join('; '), origin: server.url };
  const create = async (title: string) => {
    const answer = await fetch(`${server.url}/api/authoring/create-course`, { method: 'POST', headers, body: new URLSearchParams({ title }) });
    return { status: answer.status, text: await answer.text() };
  };
  const created: string[] = [];
  await fill(server);
  let answer = await create('Course 0');
  // The log that is written ahead has some room of its own.
  for (; answer.status < 500 && created.length < 5_000; answer = await create(`Course ${created.length}`)) {
    created.push(`Course ${created.length}`);
    await fill(server, created.length);
  }
  expect(answer).toMatchObject({ status: 503, text: '"unavailable"' });
  expect((await fetch(`${server.url}/courses`)).status, 'what was there can be read').toBe(200);
  // Somebody whose browser's console may say that this failed.
  const context = await browser.newContext({ baseURL: baseURL ?? '', storageState: await page.context().storageState() });
  const other = await context.newPage();
  await other.goto('/teach');
  await people.hydrated(other);
  await other.getByLabel('Title').fill('One more');
  await other.getByRole('button', { name: 'Create course' }).click();
  await expect(other.getByRole('alert')).toContainText('This does not work at the moment. Please try again in a minute.');

  for (let n = 0; n <= created.length; n++) await rm(ballast(server, n), { force: true });
  await other.getByRole('button', { name: 'Create course' }).click();
  await expect(other.getByRole('heading', { level: 1 })).toContainText('One more');
  await context.close();
  await server.kill();
  await server.run();
  await page.goto('/teach');
  for (const title of [...created.slice(-3), 'One more']) await expect(page.getByRole('link', { name: title, exact: true })).toBeVisible();
  expect(server.newestLog).not.toContain('panicked');
});
