// Requests, bytes, memory and start-up of the release build, as one table.
import { type Browser, test } from '@playwright/test';
import { Server } from '../end2end/server.ts';
import { load, median, megabytes, table } from './load.ts';

const seconds = process.env.SECONDS_EACH ?? '10';
const courses = process.env.BENCH_COURSES ?? '';

test('measure', async ({ browser }) => {
  const rows: string[][] = [];
  const starts: number[] = [];
  const server = await Server.start({ courses });
  try {
    for (let n = 0; n < 5; n++) {
      await server.kill();
      const started = performance.now();
      await server.run();
      starts.push(performance.now() - started);
    }
    rows.push(['start to ready', `${median(starts).toFixed(0)} ms`]);
    rows.push(['memory, idle', megabytes(await server.memory('VmRSS'))]);

    const catalogue = await cataloguePages(server);
    const pages = Array.from({ length: 900 }, (_, n) => `${server.url}/courses/course-${n + 100}`);
    const session = await signedIn(server);
    const loads: [string, string[], string?][] = [
      ['nothing but HTTP (/health/live)', [`${server.url}/health/live`]],
      ['catalogue, 24 of 1,000 courses, for visitors', catalogue],
      ['course page, 12 x 8 lessons, for visitors', pages],
      ['catalogue, rendered for somebody signed in', catalogue, session],
      ['course page, rendered for somebody signed in', pages, session],
    ];
    for (const [name, urls, cookie] of loads) {
      await load(urls, '3', cookie);
      const { rate, p99 } = await load(urls, seconds, cookie);
      rows.push([name, `${rate.toFixed(0)} requests/s, p99 ${p99.toFixed(1)} ms`]);
    }
    rows.push(['memory, after load', megabytes(await server.memory('VmRSS'))]);

    const { usable, total } = await transferred(browser, `${server.url}/courses`);
    rows.push(['bytes until the catalogue is usable', kilobytes(usable)]);
    rows.push(['bytes in total, with WASM', kilobytes(total)]);
  } finally {
    await server.stop();
  }
  table(rows);
});

/** The session cookie of somebody who signed in: their pages are rendered each time. */
async function signedIn(server: Server): Promise<string> {
  const [email, password] = ['reader@stoa.example', 'measured, then claimed'];
  await server.command(['account', 'add', '--email', email, '--name', 'Reader', '--role', 'learner'], password);
  const answer = await fetch(`${server.url}/api/session/sign-in`, {
    method: 'POST',
    body: new URLSearchParams({ email, password }),
  });
  const cookie = answer.headers.getSetCookie().find((cookie) => cookie.startsWith('stoa='));
  if (!cookie) throw new Error(`sign-in was refused: ${answer.status}`);
  return cookie.split(';')[0] ?? '';
}

/** The first nine pages of the catalogue: each names the next. */
async function cataloguePages(server: Server): Promise<string[]> {
  const pages = [`${server.url}/courses`];
  while (pages.length < 9) {
    const html = await (await fetch(pages.at(-1) ?? '')).text();
    const next = /href="(\/courses\?after=[^"]+)"/.exec(html)?.[1];
    if (!next) throw new Error('the catalogue ends too early');
    pages.push(server.url + next.replaceAll('&amp;', '&'));
  }
  return pages;
}

/** What a browser with an empty cache receives: until it has painted and can follow links, and until it is quiet. */
async function transferred(browser: Browser, url: string): Promise<{ usable: number; total: number }> {
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    const devtools = await context.newCDPSession(page);
    const scripts = new Map<string, boolean>();
    let usable = 0;
    let total = 0;
    await devtools.send('Network.enable');
    devtools.on('Network.responseReceived', ({ requestId, response, type }) => {
      scripts.set(requestId, type === 'Script' || /\.(wasm|js)$/.test(response.url));
    });
    devtools.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
      total += encodedDataLength;
      if (!scripts.get(requestId)) usable += encodedDataLength;
    });
    await page.goto(url);
    await page.waitForLoadState('networkidle');
    return { usable, total };
  } finally {
    await context.close();
  }
}

const kilobytes = (bytes: number) => `${(bytes / 1e3).toFixed(1)} kB`;
