// Uploads survive: what comes between does not matter, and what went wrong is said.
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, open, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { expect, test } from './fixtures.ts';
import { slow } from './networks.ts';
import * as people from './people.ts';
import type { Server } from './server.ts';

const folder = join(tmpdir(), `stoa-e2e-uploads-${process.pid}`);
const MiB = 1024 ** 2;

test.beforeAll(() => mkdir(folder, { recursive: true }));
test.afterAll(() => rm(folder, { recursive: true, force: true }));

/** A file that begins as an MP4 does, and is noise from there on; what it comes to. */
async function noise(name: string, size: number): Promise<{ path: string; sum: string }> {
  const path = join(folder, name);
  const hash = createHash('sha256');
  const file = await open(path, 'w');
  const head = Buffer.from('\0\0\0\x20ftypisom', 'latin1');
  for (let at = 0; at < size; at += MiB) {
    const block = randomBytes(Math.min(MiB, size - at));
    if (at === 0) head.copy(block);
    hash.update(block);
    await file.write(block);
  }
  await file.close();
  return { path, sum: hash.digest('hex') };
}

async function choose(page: Page, path: string | string[], what: 'video' | 'files' = 'video'): Promise<void> {
  await page.getByLabel(what === 'video' ? 'Video file' : 'Add files').setInputFiles(path);
  await page.getByRole('button', { name: what === 'video' ? 'Upload' : 'Add', exact: true }).click();
}

const percentOf = (page: Page, name: string) => page.getByRole('progressbar', { name: `Upload of ${name}` }).evaluate((bar: HTMLProgressElement) => bar.value);

/** Sources of videos on the server's disk, by what they come to. */
async function stored(server: Server): Promise<string[]> {
  const blobs = join(server.data, 'blobs', 'uploads');
  const files = await readdir(blobs, { recursive: true }).catch(() => []);
  const sources = files.filter((file) => file.endsWith('/source'));
  return Promise.all(sources.map(async (file) => createHash('sha256').update(await readFile(join(blobs, file))).digest('hex')));
}

test('an upload goes on after the server was killed and started again', async ({ page, server }) => {
  test.setTimeout(180_000);
  await people.lessonOfItsOwn(page, 'Power cuts');
  const film = await noise('cut.mp4', 40 * MiB);
  const full = await slow(page, 8 * MiB);
  await choose(page, film.path);
  await expect.poll(() => percentOf(page, 'cut.mp4'), { timeout: 30_000 }).toBeGreaterThan(30);

  await server.kill();
  await expect(page.getByText('The connection was lost. It goes on by itself.')).toBeVisible();
  await server.run();
  await full();
  await expect(page.getByRole('progressbar', { name: 'Upload of cut.mp4' })).toBeHidden({ timeout: 60_000 });
  expect(await stored(server)).toContain(film.sum);
  expect(await readdir(join(server.data, 'blobs', '~parts')), 'no parts are left').toEqual([]);
});

test('an upload is paused and resumed, and outlives what happens on the page', async ({ page, server }) => {
  test.setTimeout(180_000);
  await people.lessonOfItsOwn(page, 'Interruptions');
  const editor = page.url();
  const film = await noise('pause.mp4', 32 * MiB);
  const full = await slow(page, 6 * MiB);
  await choose(page, film.path);
  await expect.poll(() => percentOf(page, 'pause.mp4')).toBeGreaterThan(20);

  await page.getByRole('button', { name: 'Pause pause.mp4' }).click();
  await expect(page.getByText(/^Paused at \d+ %/)).toBeVisible();
  const before = await percentOf(page, 'pause.mp4');
  await page.waitForTimeout(1500);
  expect(await percentOf(page, 'pause.mp4')).toBe(before);
  await page.getByRole('button', { name: 'Resume pause.mp4' }).click();
  await expect(page.getByText(/^Uploading: \d+ %/)).toBeVisible();
  await expect(page.getByText(/MB a second/)).toBeVisible();

  // The page is rendered anew, and then another one.
  await page.getByLabel('Title of the lesson').fill('Interruptions galore');
  await page.getByRole('region', { name: 'Name' }).getByRole('button', { name: 'Rename' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText('galore');
  await expect(page.getByRole('progressbar', { name: 'Upload of pause.mp4' })).toBeVisible();
  await page.getByRole('main').getByRole('link', { name: 'Interruptions', exact: true }).click();
  await expect(page).toHaveURL(/\/teach\/[^/]+$/);
  await page.getByRole('link', { name: 'Interruptions galore', exact: true }).click();
  await expect(page).toHaveURL(editor);
  await expect(page.getByRole('progressbar', { name: 'Upload of pause.mp4' })).toBeVisible();
  await full();
  await expect(page.getByRole('progressbar', { name: 'Upload of pause.mp4' })).toBeHidden({ timeout: 60_000 });
  expect(await stored(server)).toContain(film.sum);
});

test('a video and files go at the same time', async ({ page, server }) => {
  test.setTimeout(180_000);
  await people.lessonOfItsOwn(page, 'At once');
  const film = await noise('film.mp4', 16 * MiB);
  await writeFile(join(folder, 'one.bin'), randomBytes(9 * MiB));
  await writeFile(join(folder, 'two.bin'), randomBytes(9 * MiB));
  const full = await slow(page, 8 * MiB);
  await choose(page, film.path);
  await choose(page, [join(folder, 'one.bin'), join(folder, 'two.bin')], 'files');
  for (const name of ['film.mp4', 'one.bin', 'two.bin']) {
    await expect(page.getByRole('progressbar', { name: `Upload of ${name}` })).toBeVisible();
  }
  await expect(page.getByText(/^Uploading: /)).toHaveCount(3);
  await full();
  await expect(page.getByRole('status').filter({ hasText: '2 of at most' })).toBeVisible({ timeout: 60_000 });
  await expect(page.getByRole('progressbar', { name: /Upload of/ })).toHaveCount(0, { timeout: 60_000 });
  expect(await stored(server)).toContain(film.sum);
});

test('after the page was closed, choosing the same file continues', async ({ page, server }) => {
  test.setTimeout(180_000);
  await people.lessonOfItsOwn(page, 'A closed laptop');
  const film = await noise('closed.mp4', 40 * MiB);
  const full = await slow(page, 8 * MiB);
  await choose(page, film.path);
  await expect.poll(() => percentOf(page, 'closed.mp4'), { timeout: 30_000 }).toBeGreaterThan(45);
  page.on('dialog', (dialog) => dialog.accept());
  await page.reload();
  await people.hydrated(page);
  await expect(page.getByText(/closed.mp4: \d\d % is here. Choose the same file to continue./)).toBeVisible();

  const other = await noise('other.mp4', MiB);
  await page.getByLabel('Continue closed.mp4').setInputFiles(other.path);
  await expect(page.getByRole('alert')).toContainText('This is another file');
  const begun = page.waitForRequest((request) => request.method() === 'PATCH');
  await page.getByLabel('Continue closed.mp4').setInputFiles(film.path);
  expect(Number((await begun).headers()['upload-offset'])).toBeGreaterThanOrEqual(16 * MiB);
  await full();
  await expect(page.getByRole('progressbar', { name: 'Upload of closed.mp4' })).toBeHidden({ timeout: 60_000 });
  expect(await stored(server)).toContain(film.sum);
});

test('what is no video is said to be what it is, before anything is sent', async ({ page }) => {
  await people.lessonOfItsOwn(page, 'Slides');
  const requests: string[] = [];
  page.on('request', (request) => requests.push(`${request.method()} ${new URL(request.url()).pathname}`));
  await page.getByLabel('Video file').setInputFiles({ name: 'slides.mp4', mimeType: 'video/mp4', buffer: Buffer.from('%PDF-1.7') });
  await page.getByRole('button', { name: 'Upload', exact: true }).click();
  await expect(page.getByRole('alert')).toHaveText('The file is a PDF, not a video.');
  await expect(page.getByRole('button', { name: 'Resume slides.mp4' })).toBeHidden();
  expect(requests.filter((request) => request.includes('/upload'))).toEqual([]);
  await page.getByRole('button', { name: 'Cancel slides.mp4' }).click();
  await expect(page.getByRole('alert')).toBeHidden();
});

test('who was signed out meanwhile signs in elsewhere and resumes', async ({ page, server }) => {
  test.setTimeout(180_000);
  await people.lessonOfItsOwn(page, 'Sessions');
  const film = await noise('session.mp4', 32 * MiB);
  const full = await slow(page, 6 * MiB);
  await choose(page, film.path);
  await expect.poll(() => percentOf(page, 'session.mp4')).toBeGreaterThan(10);
  await page.context().clearCookies();
  await expect(page.getByText('You are signed out. Sign in in another tab and press Resume.')).toBeVisible({ timeout: 30_000 });
  await full();
  const tab = await page.context().newPage();
  await people.signIn(tab, people.instructor);
  await tab.close();
  await page.getByRole('button', { name: 'Resume session.mp4' }).click();
  await expect(page.getByRole('progressbar', { name: 'Upload of session.mp4' })).toBeHidden({ timeout: 60_000 });
  expect(await stored(server)).toContain(film.sum);
});
