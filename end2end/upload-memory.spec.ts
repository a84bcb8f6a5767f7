// An upload goes to the disk as it comes: a large one needs no more memory than a small one.
import { request as send } from 'node:http';
import { expect, test } from './fixtures.ts';
import * as people from './people.ts';

const gibibyte = 1024 ** 3;
const size = Number(process.env.UPLOAD_GIB ?? 1) * gibibyte;

test('a large upload takes less than 50 MB of memory', async ({ page, server }) => {
  test.setTimeout(600_000);
  await people.signIn(page, people.instructor);
  await people.createCourse(page, 'A long film');
  await people.addSection(page, 'Start');
  await people.addLesson(page, 'Five hours');
  await people.openLessonEditor(page, 'Five hours');
  const [, , course, , lesson] = new URL(page.url()).pathname.split('/');

  const before = await server.memory('VmRSS');
  const cookies = await page.context().cookies();
  const status = await put(`${server.url}/upload/${course}/${lesson}?name=long.mp4`, {
    cookie: cookies.map((cookie) => `${cookie.name}=${cookie.value}`).join('; '),
    origin: server.url,
  });
  const grown = (await server.memory('VmHWM')) - before;

  expect(status).toBeLessThan(300);
  console.log(`an upload of ${size / gibibyte} GiB took ${(grown / 1e6).toFixed(1)} MB more resident memory`);
  expect(grown).toBeLessThan(50e6);
});

/** Sends `size` bytes made on the way, no faster than they are taken. */
function put(url: string, headers: Record<string, string>): Promise<number> {
  const block = Buffer.alloc(1024 ** 2, 'not a film ');
  return new Promise((resolve, reject) => {
    const request = send(url, { method: 'PUT', headers: { ...headers, 'content-length': size } }, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode ?? 0));
    });
    request.on('error', reject);
    let left = size;
    const more = () => {
      while (left > 0) {
        left -= block.length;
        if (!request.write(block)) return request.once('drain', more);
      }
      request.end();
    };
    more();
  });
}
