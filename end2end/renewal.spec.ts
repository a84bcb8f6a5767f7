// Cookies live for seconds here: playback goes on over many of their lives, and over what comes in between.
import { clip } from './films.ts';
import { expect, testOn } from './fixtures.ts';
import { Server } from './server.ts';
import { answers, goesOn, openLesson, play, position, smoothness } from './watching.ts';

const cookieSeconds = 3;

const test = testOn(async () =>
  Server.start({
    film: await clip({ size: '320x180', seconds: 240 }),
    settings: { STOA_PLAYBACK__COOKIE_SECONDS: String(cookieSeconds) },
  }),
);

test('playback goes on over many renewals', async ({ page }) => {
  test.setTimeout(180_000);
  const seen = answers(page);
  await openLesson(page);
  await play(page);
  await goesOn(page);
  const measured = await smoothness(page, 40);
  // How smoothly is for `make soak` to say, on a machine that does nothing else.
  expect(measured.played).toBeGreaterThan(30);
  expect(seen.renewals.length, 'more often than cookies lived').toBeGreaterThan(40 / cookieSeconds);
  expect(seen.media.filter((status) => status >= 400)).toEqual([]);
});

test("the browser's own player goes on over renewals, too", async ({ page }) => {
  await page.addInitScript(() => {
    for (const name of ['MediaSource', 'ManagedMediaSource', 'WebKitMediaSource']) Reflect.deleteProperty(window, name);
  });
  const seen = answers(page);
  await openLesson(page);
  expect(await page.locator('video').evaluate((video: HTMLVideoElement) => video.src)).not.toContain('blob:');
  await play(page);
  await goesOn(page, 4 * cookieSeconds);
  expect(seen.renewals.length).toBeGreaterThan(4);
});

test('after a time without renewals, as when the device slept, playback goes on by itself', async ({ browser, server }) => {
  test.setTimeout(120_000);
  // Not the fixture's page: what is refused meanwhile stands in the console.
  const page = await browser.newPage({ baseURL: server.url });
  const seen = answers(page);
  await openLesson(page);
  await play(page);
  await goesOn(page);
  await page.route('**/api/playback/open', (route) => route.abort());
  await page.waitForTimeout((cookieSeconds + 1) * 1000);
  // A jump to behind what is fetched ahead, so that it must be asked for while the cookies have run out.
  await page.locator('video').evaluate((video: HTMLVideoElement) => void (video.currentTime = 220));
  await expect.poll(() => seen.media.includes(403)).toBe(true);
  await page.unroute('**/api/playback/open');
  await page.evaluate(() => dispatchEvent(new Event('online')));
  await expect.poll(() => position(page), { timeout: 20_000 }).toBeGreaterThan(221);
  await expect(page.getByRole('alert')).toBeHidden();
  await page.close();
});
