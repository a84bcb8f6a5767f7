// An upload goes to the disk as it comes: a large one needs no more memory than a small one.
import { expect, test } from './fixtures.ts';
import * as people from './people.ts';
import { send } from './sending.ts';

const gibibyte = 1024 ** 3;
const size = Number(process.env.UPLOAD_GIB ?? 1) * gibibyte;

test('a large upload takes less than 50 MB of memory', async ({ page, server }) => {
  test.setTimeout(600_000);
  await people.signIn(page, people.instructor);
  await people.createCourse(page, 'A long film');
  await people.addSection(page, 'Start');
  await people.addLesson(page, 'Five hours');
  await people.openLessonEditor(page, 'Five hours');

  const before = await server.memory('VmRSS');
  const status = await send(page, server, size);
  const grown = (await server.memory('VmHWM')) - before;
  expect(status).toBeLessThan(300);
  console.log(`an upload of ${size / gibibyte} GiB took ${(grown / 1e6).toFixed(1)} MB more resident memory`);
  expect(grown).toBeLessThan(50e6);
});
