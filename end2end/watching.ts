// Watching a lesson, and measuring how smoothly it goes.
import { expect, type Page } from '@playwright/test';
import * as people from './people.ts';
import { demoCourse } from './server.ts';

/** Signs the learner in and opens the demo's lesson. */
export async function openLesson(page: Page): Promise<void> {
  await people.signIn(page, people.learner);
  await people.enrolAndGoOn(page, demoCourse);
  await people.hydrated(page);
}

/** Plays, without a sound. */
export async function play(page: Page): Promise<void> {
  await page.locator('video').evaluate(async (video: HTMLVideoElement) => {
    video.muted = true;
    // What is set to play before there is something to play is called off when that comes.
    while (video.networkState === video.NETWORK_EMPTY) await new Promise((later) => setTimeout(later, 20));
    await video.play();
  });
}

export function position(page: Page): Promise<number> {
  return page.locator('video').evaluate((video: HTMLVideoElement) => video.currentTime);
}

/** Waits until playback has moved on by some seconds from where it is. */
export async function goesOn(page: Page, seconds = 1): Promise<void> {
  const from = await position(page);
  await expect.poll(() => position(page), { timeout: 20_000 }).toBeGreaterThan(from + seconds);
}

export type Smoothness = {
  /** When the picture began to stand still although it should not have, and for how long, in milliseconds. */
  stalls: { at: number; lasted: number }[];
  /** How often the browser waited for more. */
  waits: number;
  /** Seconds of the film that were seen. */
  played: number;
};

/**
 * Watches the position for a while. While it moves on by less than half of what the clock does, the picture stands
 * still. That the looks themselves may be late changes nothing, nor does a browser that is a little slow throughout; a
 * film that starts over is one seek, and does not count.
 */
export function smoothness(page: Page, seconds: number): Promise<Smoothness> {
  return page.locator('video').evaluate(async (video: HTMLVideoElement, seconds) => {
    const result: Smoothness = { stalls: [], waits: 0, played: 0 };
    const waited = () => (result.waits += 1);
    video.addEventListener('waiting', waited);
    const end = performance.now() + seconds * 1000;
    let [clock, position, still] = [performance.now(), video.currentTime, 0];
    while (performance.now() < end) {
      // Longer than the steps in which the position is told.
      await new Promise((later) => setTimeout(later, 50));
      const [now, at] = [performance.now(), video.currentTime];
      const [passed, moved] = [now - clock, (at - position) * 1000];
      [clock, position] = [now, at];
      if (moved < 0) continue;
      result.played += moved / 1000;
      const stands = moved < passed / 2;
      if (stands) still += passed - moved;
      // One that has not ended counts, too. Less than this is not seen, and is how the position is told.
      if (still > 100 && (!stands || now >= end)) result.stalls.push({ at: Date.now() - still, lasted: still });
      if (!stands) still = 0;
    }
    video.removeEventListener('waiting', waited);
    return result;
  }, seconds);
}

/** The longest of all stalls, in milliseconds. */
export const longest = (stalls: Smoothness['stalls']) => Math.max(0, ...stalls.map(({ lasted }) => lasted));

/** When a page's requests for cookies were answered, and the statuses of its answers with media. */
export function answers(page: Page): { renewals: number[]; media: number[] } {
  const seen = { renewals: [] as number[], media: [] as number[] };
  page.on('response', (response) => {
    const { pathname } = new URL(response.url());
    if (pathname === '/api/playback/open') seen.renewals.push(Date.now());
    if (pathname.startsWith('/media/')) seen.media.push(response.status());
  });
  return seen;
}
