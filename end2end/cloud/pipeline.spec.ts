// The chain of the cloud, from a browser to a browser: straight to the bucket, converted elsewhere, told by events.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { clip, heavy } from '../films.ts';
import * as people from '../people.ts';
import type { Server } from '../server.ts';
import { goesOn, play } from '../watching.ts';
import { expect, test } from './fixtures.ts';

const MiB = 1024 ** 2;

/** A course with these lessons, as its instructor; ends in the editor of the first. */
async function draft(page: Page, title: string, lessons: string[]): Promise<string> {
  await people.signIn(page, people.instructor);
  await people.createCourse(page, title);
  await people.addSection(page, 'Start');
  for (const lesson of lessons) await people.addLesson(page, lesson);
  const editor = page.url();
  await people.openLessonEditor(page, lessons[0] as string);
  return editor;
}

async function choose(page: Page, film: string): Promise<void> {
  await page.getByLabel('Video file').setInputFiles(film);
  await page.getByRole('button', { name: 'Upload', exact: true }).click();
}

const isReady = (page: Page, timeout: number) => expect(page.getByText('Ready', { exact: true })).toBeVisible({ timeout });

/** The subjects of all mails about videos: signing in is told by mail, too. */
async function mails(server: Server): Promise<string[]> {
  const folder = join(server.data, 'mail');
  const files = await Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name), 'utf8')));
  return files.map((mail) => /^Subject: (.*)$/m.exec(mail)?.[1] ?? '').filter((subject) => subject.includes('video'));
}

test('a film goes straight to the bucket, is converted elsewhere, and is watched, whatever is killed meanwhile', async ({
  page,
  server,
  account,
  mediaconvert,
  newPerson,
}) => {
  test.setTimeout(240_000);
  const film = await heavy(8);
  const editor = await draft(page, 'In the cloud', ['The film']);
  const bytes = { bucket: 0, server: 0 };
  page.on('request', (request) => {
    const sent = request.method() === 'PUT' || request.method() === 'PATCH';
    if (sent) bytes[request.url().startsWith(account.endpoint) ? 'bucket' : 'server'] += 1;
  });

  await test.step('the server is killed during the upload', async () => {
    const session = await page.context().newCDPSession(page);
    const conditions = { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: 8 * MiB };
    await session.send('Network.enable');
    await session.send('Network.emulateNetworkConditions', conditions);
    await choose(page, film);
    const progress = page.getByRole('progressbar', { name: 'Upload' });
    await expect.poll(() => progress.evaluate((bar: HTMLProgressElement) => bar.value), { timeout: 30_000 }).toBeGreaterThan(20);
    await server.kill();
    await expect(page.getByText('The connection was lost. It goes on by itself.')).toBeVisible({ timeout: 20_000 });
    await server.run();
    await session.send('Network.emulateNetworkConditions', { ...conditions, uploadThroughput: -1 });
  });

  const release = mediaconvert.hold();
  await test.step('the server is killed during the job', async () => {
    await expect(page.getByText(/^Converting: [1-9]\d? %/)).toBeVisible({ timeout: 60_000 });
    expect(bytes.bucket, 'parts').toBeGreaterThanOrEqual(3);
    expect(bytes.server, 'no part through the server').toBe(0);
    await server.kill();
    release();
    await expect.poll(() => mediaconvert.jobs[0]?.status, { timeout: 60_000 }).toBe('COMPLETE');
    await server.run();
    await isReady(page, 60_000);
  });

  await test.step('its instructor and the bus are told', async () => {
    const told = async () => [...(await mails(server)), ...(await account.told())];
    await expect.poll(told, { timeout: 30_000 }).toEqual([expect.stringContaining('Your video is ready'), 'video.ready']);
  });

  await test.step('what was told is told again, backwards and twice', async () => {
    const files = await account.list('media/');
    for (const event of mediaconvert.events.flatMap((event) => [event, event]).reverse()) await account.deliver(event);
    await expect.poll(() => account.hasDoneAll(), { timeout: 30_000 }).toBe(true);
    expect(mediaconvert.jobs.map((job) => job.status)).toEqual(['COMPLETE']);
    expect(await account.list('media/')).toEqual(files);
    expect(await mails(server)).toEqual([expect.stringContaining('Your video is ready')]);
    expect(await account.told()).toEqual(['video.ready']);
    await page.reload();
    await isReady(page, 10_000);
  });

  await test.step('a learner watches it', async () => {
    await page.goto(editor);
    const course = await people.publish(page);
    const watcher = await newPerson();
    await people.signIn(watcher, people.learner);
    await people.enrolAndOpen(watcher, course);
    await play(watcher);
    await goesOn(watcher, 3);
  });
});

test('a browser that is closed before it could say that all was sent', async ({ browser, baseURL, page, account, mediaconvert }) => {
  test.setTimeout(180_000);
  const editor = await draft(page, 'Closed laptops', ['Nothing heard', 'An object', 'A failure']);
  const film = await clip({ size: '426x240' });

  /** Sends the film of a lesson in a window of its own, which is closed at the end of the last part. */
  const sendAndVanish = async (lesson: string) => {
    const context = await browser.newContext({ baseURL, storageState: await page.context().storageState() });
    const window = await context.newPage();
    await window.route('**/api/uploads/finish*', () => {});
    await window.goto(editor);
    await people.openLessonEditor(window, lesson);
    const finished = window.waitForRequest(/\/api\/uploads\/finish/);
    await choose(window, film);
    await finished;
    await context.close();
  };
  const open = async (lesson: string) => {
    await page.goto(editor);
    await people.openLessonEditor(page, lesson);
  };

  await test.step('the bucket tells that there is an object', async () => {
    await sendAndVanish('An object');
    expect(await account.complete()).toBe(1);
    await open('An object');
    await isReady(page, 20_000);
  });

  await sendAndVanish('Nothing heard');

  await test.step('operators hear of a failure that is not of the file', async () => {
    mediaconvert.failNext(1401, 'Forbidden');
    await open('A failure');
    await choose(page, film);
    await expect(page.getByRole('alert')).toContainText('Something went wrong on our side', { timeout: 20_000 });
    await expect.poll(() => account.told()).toContain('A video could not be converted');
  });

  await test.step('the parts are found in the bucket', async () => {
    // A page on which nothing goes on does not ask.
    await expect(async () => {
      await open('Nothing heard');
      await isReady(page, 1_000);
    }).toPass({ timeout: 90_000 });
  });
});
