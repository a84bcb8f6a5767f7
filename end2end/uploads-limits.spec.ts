// What does not fit is refused with the reason, on a server with little room.
import { expect, testOn } from './fixtures.ts';
import * as people from './people.ts';
import { Server } from './server.ts';

const settings = { STOA_UPLOAD__QUOTA_BYTES: '5000000', STOA_UPLOAD__MAX_BYTES: '4000000' };
const test = testOn(() => Server.start({ settings }));

const file = (name: string, size: number) => {
  const buffer = Buffer.alloc(size);
  buffer.write('\0\0\0\x20ftypisom', 'latin1');
  return { name, mimeType: 'video/mp4', buffer };
};

test('an instructor who has no room left, and a file that is too large', async ({ page }) => {
  await people.signIn(page, people.instructor);
  await people.createCourse(page, 'A full shelf');
  await people.addSection(page, 'Start');
  await people.addLesson(page, 'Too much');
  await people.openLessonEditor(page, 'Too much');
  await page.getByLabel('Video file').setInputFiles(file('large.mp4', 4_000_001));
  await page.getByRole('button', { name: 'Upload', exact: true }).click();
  await expect(page.getByRole('alert')).toContainText('The file has 4.0 MB; at most 4.0 MB are taken.');
  await page.getByRole('button', { name: 'Cancel large.mp4' }).click();

  await page.getByLabel('Add files').setInputFiles([file('a.bin', 2_500_000), file('b.bin', 2_500_001)].map((file) => ({ ...file, mimeType: '' })));
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await expect(page.getByRole('alert').last()).toContainText(/Your courses hold .* of the 5.0 MB that they may/);
  await expect(page.getByRole('alert').last()).toContainText('Remove videos or files');
});
