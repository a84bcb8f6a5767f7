// Media on a host of its own, beside the site's: the names lead here, and the proxy before both speaks TLS.
import { clip } from './films.ts';
import { test as base, expect } from './fixtures.ts';
import * as people from './people.ts';
import playwright from './playwright.config.ts';
import { demoCourse, Server } from './server.ts';
import { TlsProxy } from './tls.ts';

const domain = 'example.test';
const [app, media, other] = ['app', 'media', 'other'].map((name) => `${name}.${domain}`) as [string, string, string];

const test = base.extend<{ baseURL: string }, { tls: TlsProxy }>({
  tls: [
    async ({}, use) => {
      const tls = await TlsProxy.start(domain);
      await use(tls);
      await tls.stop();
    },
    { scope: 'worker' },
  ],
  server: [
    async ({ tls }, use) => {
      const server = await Server.start({
        film: await clip({ size: '1280x720' }),
        settings: { STOA_PUBLIC_URL: tls.origin(app), STOA_MEDIA__URL: tls.origin(media) },
      });
      tls.target = server.port;
      await use(server);
      await server.stop();
    },
    { scope: 'worker', timeout: 120_000 },
  ],
  baseURL: async ({ tls }, use) => use(tls.origin(app)),
});

const { args = [], ...launch } = playwright.use?.launchOptions ?? {};
test.use({
  ignoreHTTPSErrors: true,
  launchOptions: { ...launch, args: [...args, `--host-resolver-rules=MAP *.${domain} 127.0.0.1`] },
});

test('a film plays from its own host, and opens to its cookies alone', async ({ page, tls, browser }) => {
  test.setTimeout(240_000);
  // Not `newPerson`, who signs out by a request of Playwright's own: it knows no such hosts.
  const teacherContext = await browser.newContext();
  const teacher = await teacherContext.newPage();
  await people.signIn(teacher, people.instructor);
  await teacher.goto(demoCourse);
  await teacher.getByRole('link', { name: 'Edit' }).click();
  await people.openLessonEditor(teacher, 'A morning in the meadow');
  await people.addCaptions(teacher, 'Deutsch', 'film.srt', '1\n00:00:01,000 --> 00:00:02,000\nHallo\n');
  await expect(teacher.getByRole('region', { name: 'Captions' }).getByRole('listitem')).toHaveCount(1);
  await teacherContext.close();

  const fetched = new Map<string, number>();
  page.on('response', (response) => {
    if (new URL(response.url()).pathname.startsWith('/media/')) fetched.set(response.url(), response.status());
  });
  await people.signIn(page, people.learner);
  await people.enrolAndOpen(page, demoCourse);
  const video = page.locator('video');

  await test.step('it plays, and the quality can be changed', async () => {
    await expect(page.getByLabel('Quality')).toBeVisible();
    await video.evaluate((video: HTMLVideoElement) => {
      video.muted = true;
      video.loop = true;
      return video.play();
    });
    await expect.poll(() => video.evaluate((video: HTMLVideoElement) => video.currentTime)).toBeGreaterThan(1);
    for (const height of [360, 720]) {
      await page.getByLabel('Quality').selectOption({ label: `${height}p` });
      await expect.poll(() => video.evaluate((video: HTMLVideoElement) => video.videoHeight), { timeout: 30_000 }).toBe(height);
    }
  });

  await test.step('captions are shown', async () => {
    const cues = () =>
      video.evaluate((video: HTMLVideoElement) => {
        const [track] = video.textTracks;
        if (track) track.mode = 'showing';
        return track?.cues?.length;
      });
    await expect.poll(cues).toBe(1);
  });

  await test.step('all of it came from there', async () => {
    for (const kind of [/master\.m3u8$/, /index\.m3u8$/, /\.m4s$/, /poster\.jpg$/, /\.vtt$/]) {
      expect([...fetched.keys()].some((url) => kind.test(url)), `${kind}`).toBe(true);
    }
    for (const [url, status] of fetched) {
      expect(new URL(url).hostname).toBe(media);
      expect([200, 206, 304], url).toContain(status);
    }
  });
  const playlist = [...fetched.keys()].find((url) => url.endsWith('/master.m3u8')) ?? '';
  const path = new URL(playlist).pathname;

  await test.step('the cookies are for both hosts, for this version, over HTTPS, and hidden from scripts', async () => {
    const cookies = await page.context().cookies([playlist]);
    expect(cookies.map((cookie) => cookie.name).sort()).toEqual(
      ['Hash-Algorithm', 'Key-Pair-Id', 'Policy', 'Signature'].map((name) => `CloudFront-${name}`),
    );
    for (const cookie of cookies) {
      expect(cookie).toMatchObject({
        domain: `.${domain}`,
        path: path.replace('master.m3u8', ''),
        secure: true,
        httpOnly: true,
        sameSite: 'Lax',
      });
    }
    const session = (await page.context().cookies()).find((cookie) => cookie.name === '__Host-stoa');
    expect(session?.domain, "the session is the site's alone").toBe(app);
  });

  await test.step('the media host has no pages, and the site no media', async () => {
    const stranger = await page.context().newPage();
    for (const address of [`${tls.origin(media)}/`, `${tls.origin(media)}/learning`, tls.origin(app) + path]) {
      const answer = stranger.waitForResponse(address);
      // Without a page in the answer Chromium says that there is none.
      await stranger.goto(address).catch(() => {});
      expect((await answer).status(), address).toBe(404);
    }
    await stranger.close();
  });

  await test.step('a refusal can be read by the site, and nothing by another', async () => {
    const context = await browser.newContext();
    const read = async (origin: string, credentials: RequestCredentials) => {
      const reader = await context.newPage();
      await reader.goto(`${tls.origin(origin)}/courses`);
      return reader.evaluate(
        async ([url, credentials]) =>
          fetch(url, { credentials }).then(
            async (response) => `${response.status} ${await response.text()}`,
            () => 'unreadable',
          ),
        [playlist, credentials] as const,
      );
    };
    await context.addCookies(await page.context().cookies([playlist]));
    expect(await read(app, 'include')).toMatch(/^200 #EXTM3U/);
    expect(await read(app, 'omit')).toMatch(/^403 [^]*<Code>MissingKey<\/Code>/);
    expect(await read(other, 'include')).toBe('unreadable');
    expect(await read(other, 'omit')).toBe('unreadable');
    await context.close();
  });
});
