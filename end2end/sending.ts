// Uploads as another tus client than the browser's sends them: a whole file as one part, as fast as it is taken.
import { request } from 'node:http';
import type { Page } from '@playwright/test';
import type { Server } from './server.ts';

/** The header of requests in the name of whoever is signed in on the page. */
export async function session(page: Page, server: Server): Promise<Record<string, string>> {
  const cookies = await page.context().cookies();
  return {
    cookie: cookies.map((cookie) => `${cookie.name}=${cookie.value}`).join('; '),
    origin: server.url,
    'tus-resumable': '1.0.0',
  };
}

/** Sends `size` bytes, made on the way, as a video to the lesson whose editor is open. Returns the last status. */
export async function send(page: Page, server: Server, size: number): Promise<number> {
  const [, , course, , lesson] = new URL(page.url()).pathname.split('/');
  const headers = await session(page, server);
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  const begun = await fetch(`${server.url}/upload/${course}/${lesson}`, {
    method: 'POST',
    headers: {
      ...headers,
      'upload-length': String(size),
      'upload-metadata': `filename ${base64('long.mp4')},purpose ${base64('video')}`,
    },
  });
  if (begun.status !== 201) return begun.status;
  return sendAll(`${server.url}${begun.headers.get('location')}`, size, {
    ...headers,
    'upload-offset': '0',
    'content-type': 'application/offset+octet-stream',
  });
}

function sendAll(url: string, size: number, headers: Record<string, string>): Promise<number> {
  const block = Buffer.alloc(16 * 1024 ** 2, 'not a film ');
  return new Promise((resolve, reject) => {
    const sending = request(url, { method: 'PATCH', headers: { ...headers, 'content-length': size } }, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode ?? 0));
    });
    sending.on('error', reject);
    let left = size;
    const more = () => {
      while (left > 0) {
        left -= block.length;
        if (!sending.write(block)) return sending.once('drain', more);
      }
      sending.end();
    };
    more();
  });
}
