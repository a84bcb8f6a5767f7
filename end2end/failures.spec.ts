// What goes wrong, and what people see of it.
import { readdir, writeFile } from 'node:fs/promises';
import { clip } from './films.ts';
import { expect, test } from './fixtures.ts';
import * as people from './people.ts';

test('a server that is killed while it converts a video finishes after its restart', async ({ page, server }) => {
  test.setTimeout(300_000);
  await people.signIn(page, people.instructor);
  await people.createCourse(page, 'A power cut');
  await people.addSection(page, 'Start');
  await people.addLesson(page, 'Interrupted');
  await people.openLessonEditor(page, 'Interrupted');
  const address = page.url();
  await page.getByLabel('Video file').setInputFiles(await clip({ size: '1920x1080', rate: '30', seconds: 20 }));
  await page.getByRole('button', { name: 'Upload' }).click();
  await expect(page.getByText(/^Converting/)).toBeVisible({ timeout: 60_000 });

  await page.goto('about:blank');
  await server.kill();
  await server.run();

  await page.goto(address);
  await expect(page.getByText('Ready', { exact: true })).toBeVisible({ timeout: 240_000 });
});

test('a file that is no video fails with a sentence the instructor understands, and publishes nothing', async ({
  page,
  server,
}, info) => {
  const others = await mediaFolders(server.data);
  const file = info.outputPath('holiday.mp4');
  await writeFile(file, 'Dear diary, this is not a video.\n'.repeat(100));
  await people.signIn(page, people.instructor);
  await people.createCourse(page, 'Not a film');
  await people.addSection(page, 'Start');
  await people.addLesson(page, 'A diary');
  const editor = page.url();
  await people.openLessonEditor(page, 'A diary');
  await page.getByLabel('Video file').setInputFiles(file);
  await page.getByRole('button', { name: 'Upload' }).click();

  await expect(page.getByText('This file is not a video we can read.', { exact: false })).toBeVisible({ timeout: 60_000 });
  await page.goto(editor);
  await expect(page.getByText('Ready', { exact: true })).toBeHidden();
  expect(await mediaFolders(server.data)).toEqual(others);
});

/** The folders of videos that can be watched. */
async function mediaFolders(data: string): Promise<string[]> {
  return readdir(`${data}/blobs/media`).catch(() => []);
}
