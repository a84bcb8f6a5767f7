// Files to keep: what an instructor adds is what a learner saves, byte for byte.
import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { tmpdir } from 'node:os';
import type { Page } from '@playwright/test';
import { clip, run } from './films.ts';
import { expect, test } from './fixtures.ts';
import * as people from './people.ts';

const pdf = Buffer.concat([Buffer.from('%PDF-1.7\n'), Buffer.alloc(300_000, 'stoa')]);
const zip = Buffer.from('PK\x05\x06' + '\0'.repeat(18), 'latin1');
const odd = 'حل "تمرين" 🎬 #1; 100%.zip';

const sum = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

/** Follows a link of the lesson's page; tells the name that it is saved under, and the bytes. */
async function save(page: Page, name: string | RegExp): Promise<{ name: string; bytes: Buffer; path: string }> {
  const downloading = page.waitForEvent('download');
  await page.getByRole('link', { name }).click();
  const download = await downloading;
  const path = await download.path();
  return { name: download.suggestedFilename(), bytes: await readFile(path), path };
}

test('a learner saves what an instructor added to a lesson, and nobody else gets it', async ({ page, newPerson, browser, request }) => {
  test.setTimeout(300_000);
  await people.signIn(page, people.instructor);
  await people.createCourse(page, 'A course with files');
  await people.addSection(page, 'Beginnings');
  await people.addLesson(page, 'The film & its papers');
  const editor = page.url();
  await people.openLessonEditor(page, 'The film & its papers');

  await test.step('several files at once, and what cannot be taken is said', async () => {
    const refusal = (name: string) => page.getByRole('listitem').filter({ hasText: name }).getByRole('alert');
    const folder = join(tmpdir(), `stoa-e2e-files-${process.pid}`);
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, odd), zip);
    await page.getByLabel('Add files').setInputFiles([join(folder, odd)]);
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await expect(page.getByRole('status').filter({ hasText: '1 of at most' })).toBeVisible();
    await page.getByLabel('Add files').setInputFiles([
      { name: 'Worksheet.pdf', mimeType: 'application/pdf', buffer: pdf },
      { name: 'setup.exe', mimeType: 'application/octet-stream', buffer: Buffer.from('MZ') },
      { name: 'holiday.png', mimeType: 'image/png', buffer: Buffer.from('<svg>') },
    ]);
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await expect(refusal('setup.exe').filter({ hasText: 'The file is of a kind that starts a program' })).toBeVisible();
    await expect(refusal('holiday.png').filter({ hasText: 'The file is named .png' })).toBeVisible();
    await expect(page.getByRole('status').filter({ hasText: '2 of at most' })).toBeVisible();
  });

  await test.step('in the order and under the name that the instructor gives', async () => {
    await page.getByRole('button', { name: 'Move Worksheet.pdf up' }).click();
    await expect(page.getByRole('listitem').filter({ hasText: 'Worksheet' }).first()).toBeVisible();
    await page.getByText('Worksheet.pdf', { exact: true }).click();
    await page.getByLabel('New name of Worksheet.pdf').fill('Übung 1');
    await page.getByRole('button', { name: 'Rename' }).first().click();
    await expect(page.getByText('Übung 1.pdf', { exact: true })).toBeVisible();
  });

  await test.step('the video may be kept', async () => {
    await people.uploadUntilReady(page, await clip({ size: '640x360' }));
    await page.getByLabel('Learners may download the video').check();
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await expect(page.getByText(/^The file has \d/)).toBeVisible({ timeout: 60_000 });
  });
  await page.goto(editor);
  const course = await people.publish(page);

  const reader = await newPerson();
  await people.signIn(reader, people.learner);
  await people.enrolAndOpen(reader, course);
  const links = reader.getByRole('region', { name: 'Downloads' }).getByRole('link');
  await expect(links).toHaveCount(3);
  await expect(links.first()).toContainText('Übung 1.pdf');
  const address = (await links.first().getAttribute('href')) ?? '';

  const worksheet = await save(reader, /^Übung 1.pdf/);
  expect([worksheet.name, sum(worksheet.bytes)]).toEqual(['Übung 1.pdf', sum(pdf)]);
  const archive = await save(reader, /تمرين/);
  expect(sum(archive.bytes)).toBe(sum(zip));
  expect(archive.name).toMatch(/^حل .تمرين. 🎬 #1; 100%\.zip$/u);
  const video = await save(reader, /^The video/);
  expect(video.name).toBe('The film & its papers.mp4');
  const { stdout } = await run('ffprobe', ['-v', 'error', '-show_entries', 'stream=codec_name,height', '-of', 'csv=p=0', video.path]);
  expect(stdout.trim().split('\n')).toEqual(['h264,360', 'aac']);
  await expect(reader, 'the page stays').toHaveURL(/\/learn\//);

  await test.step('the links are links: no script has to run', async () => {
    const plain = await (await browser.newContext({ javaScriptEnabled: false })).newPage();
    await people.signIn(plain, people.learner);
    await plain.goto(reader.url());
    expect(sum((await save(plain, /^Übung 1.pdf/)).bytes)).toBe(sum(pdf));
    await plain.context().close();
  });

  await test.step('without an account there is nothing', async () => {
    const anonymous = await request.get(address, { maxRedirects: 0 });
    expect(anonymous.status()).toBe(303);
    expect(anonymous.headers().location).toMatch(/^\/sign-in\?/);
  });
});
