// Twenty minutes of playback over forty lives of its cookies. Not for every run: it runs for `make soak`.
import { clip } from './films.ts';
import { expect, testOn } from './fixtures.ts';
import { Server } from './server.ts';
import { answers, goesOn, longest, openLesson, play, smoothness } from './watching.ts';

const minutes = Number(process.env.SOAK_MINUTES ?? 20);

const test = testOn(async () =>
  Server.start({
    // Longer than what is watched: nothing comes from a cache.
    film: await clip({ size: '320x180', seconds: minutes * 60 + 60 }),
    settings: { STOA_PLAYBACK__COOKIE_SECONDS: '30' },
  }),
);

test.skip(!process.env.SOAK, 'it takes twenty minutes: `make soak`');

test('twenty minutes of playback without a stall', async ({ page }) => {
  test.setTimeout((minutes + 5) * 60_000);
  const seen = answers(page);
  await openLesson(page);
  await play(page);
  await goesOn(page);
  const measured = await smoothness(page, minutes * 60);
  // A machine that does something else stalls at any time; a renewal, about when it happens.
  const near = measured.stalls.filter(({ at }) => seen.renewals.some((renewed) => Math.abs(at - renewed) < 2000));
  const { waits, played, stalls } = measured;
  const counts = { renewals: seen.renewals.length, media: seen.media.length };
  console.log(`  ${JSON.stringify({ longestStall: longest(stalls), atRenewals: longest(near), waits, played, ...counts })}`);
  expect(longest(near)).toBeLessThan(250);
  expect(waits, 'it never waits for more').toBe(0);
  expect(seen.renewals.length).toBeGreaterThan((minutes * 60) / 30);
  expect(seen.media.filter((status) => status >= 400)).toEqual([]);
});
