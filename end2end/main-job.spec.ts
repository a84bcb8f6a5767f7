// The main job, on a real film: an instructor uploads it, a learner watches it.
import type { Page } from '@playwright/test';
import { film } from './films.ts';
import { expect, test } from './fixtures.ts';
import * as people from './people.ts';
import { agreesWithItsFiles, isAligned, pictures, readTree } from './playlists.ts';

test('an instructor uploads a film and a learner watches it to the end, in any browser', async ({ page, newPerson }) => {
  test.setTimeout(900_000);
  await people.signIn(page, people.instructor);
  await people.createCourse(page, 'A film about a rabbit');
  await people.addSection(page, 'Beginnings');
  await people.addLesson(page, 'The whole film');
  const editor = page.url();
  await people.openLessonEditor(page, 'The whole film');

  await test.step('the upload shows its progress, then the transcoding its own', async () => {
    await page.getByLabel('Video file').setInputFiles(film);
    await page.getByRole('button', { name: 'Upload' }).click();
    await expect(page.getByRole('progressbar', { name: 'Upload' })).toBeVisible();
    await expect(page.getByText(/^Converting: [1-8]\d? %/)).toBeVisible({ timeout: 300_000 });
    await expect(page.getByText('Ready', { exact: true })).toBeVisible({ timeout: 600_000 });
  });

  await page.goto(editor);
  const course = await people.publish(page);

  const watcher = await newPerson();
  await people.signIn(watcher, people.learner);
  const playlist = watcher.waitForRequest(/\/media\/.*master\.m3u8$/);
  await people.enrolAndOpen(watcher, course);
  const lesson = watcher.url();

  await test.step('it plays', async () => {
    await play(watcher);
    await expect.poll(() => position(watcher), { timeout: 60_000 }).toBeGreaterThan(8);
  });

  await test.step('quality can be chosen, and the choice takes effect', async () => {
    const quality = watcher.getByLabel('Quality');
    const choices = await quality.locator('option').allTextContents();
    expect(choices.length, 'automatic, and at least three levels').toBeGreaterThanOrEqual(4);
    for (const [choice, height] of [
      ['360p', 360],
      ['720p', 720],
    ] as const) {
      await quality.selectOption({ label: choice });
      await expect.poll(() => pictureHeight(watcher), { timeout: 30_000 }).toBe(height);
    }
  });

  await test.step('seeking to the end ends it', async () => {
    await watcher.locator('video').evaluate((video: HTMLVideoElement) => {
      video.currentTime = video.duration - 1;
      return video.play();
    });
    await expect
      .poll(() => watcher.locator('video').evaluate((video: HTMLVideoElement) => video.ended), { timeout: 30_000 })
      .toBe(true);
  });

  await test.step('the position is remembered, here and in another browser', async () => {
    const remembered = watcher.waitForResponse((response) => response.url().includes('/api/') && response.ok());
    await seek(watcher, 15);
    await remembered;
    await watcher.goto('/learning');
    for (const person of [watcher, await newPerson()]) {
      if (person !== watcher) await people.signIn(person, people.learner);
      await person.goto(lesson);
      await expect.poll(() => position(person), { timeout: 30_000 }).toBeGreaterThan(13);
      expect(await position(person)).toBeLessThan(25);
    }
  });

  await test.step('every playlist is right, and says what the files hold', async () => {
    const cookie = await people.mediaCookies(watcher.context());
    const tree = await readTree((await playlist).url(), cookie);
    expect(pictures(tree).map((variant) => variant.resolution?.height)).toEqual([1080, 720, 480, 360]);
    isAligned(tree);
    await agreesWithItsFiles(tree, cookie);
  });
});

async function play(page: Page): Promise<void> {
  await expect(page.getByText('needs JavaScript')).toBeHidden();
  await page.locator('video').evaluate((video: HTMLVideoElement) => {
    video.muted = true;
    return video.play();
  });
}

async function seek(page: Page, seconds: number): Promise<void> {
  await page.locator('video').evaluate((video: HTMLVideoElement, to) => {
    video.currentTime = to;
    video.pause();
  }, seconds);
}

function position(page: Page): Promise<number> {
  return page.locator('video').evaluate((video: HTMLVideoElement) => video.currentTime);
}

function pictureHeight(page: Page): Promise<number> {
  return page.locator('video').evaluate((video: HTMLVideoElement) => video.videoHeight);
}
