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
  const session = {
    cookie: cookies.map((cookie) => `${cookie.name}=${cookie.value}`).join('; '),
    origin: server.url,
    'tus-resumable': '1.0.0',
  };
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  const begun = await fetch(`${server.url}/upload/${course}/${lesson}`, {
    method: 'POST',
    headers: {
      ...session,
      'upload-length': String(size),
      'upload-metadata': `filename ${base64('long.mp4')},purpose ${base64('video')}`,
    },
  });
  expect(begun.status).toBe(201);
  const started = performance.now();
  const status = await sendAll(`${server.url}${begun.headers.get('location')}`, {
    ...session,
    'upload-offset': '0',
    'content-type': 'application/offset+octet-stream',
  });
  const seconds = (performance.now() - started) / 1000;
  const grown = (await server.memory('VmHWM')) - before;

  expect(status).toBeLessThan(300);
  const speed = (size / 1e6 / seconds).toFixed(0);
  console.log(`an upload of ${size / gibibyte} GiB at ${speed} MB/s took ${(grown / 1e6).toFixed(1)} MB more resident memory`);
  expect(grown).toBeLessThan(50e6);
});

/** Sends `size` bytes made on the way as one part, no faster than they are taken. */
function sendAll(url: string, headers: Record<string, string>): Promise<number> {
  const block = Buffer.alloc(1024 ** 2, 'not a film ');
  return new Promise((resolve, reject) => {
    const request = send(url, { method: 'PATCH', headers: { ...headers, 'content-length': size } }, (response) => {
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
