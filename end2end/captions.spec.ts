// Captions: what an instructor adds to a lesson is what a learner reads at its time.
import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { clip } from './films.ts';
import { expect, test } from './fixtures.ts';
import * as people from './people.ts';

const german = '1\r\n00:00:01,000 --> 00:00:04,000\r\n<font color="red">Grüß dich</font> & hallo\r\n';
const arabic = 'WEBVTT\n\nNOTE a greeting\n\n00:01.000 --> 00:04.000 align:start\nمرحبا\n';
const better = '1\n00:00:01,000 --> 00:00:04,000\nGuten Tag\n';

const section = (page: Page) => page.getByRole('region', { name: 'Captions' });

/** The texts shown now in a language, once its file is there; null where there is no such track. */
function showing(page: Page, language: string): Promise<string[] | null> {
  return page.locator('video').evaluate((video: HTMLVideoElement, language) => {
    const track = [...video.textTracks].find((track) => track.language === language);
    if (!track) return null;
    track.mode = 'showing';
    return [...(track.activeCues ?? [])].map((cue) => (cue as VTTCue).text);
  }, language);
}

async function goTo(page: Page, seconds: number): Promise<void> {
  await expect(page.getByLabel('Quality')).toBeVisible();
  await page.locator('video').evaluate((video: HTMLVideoElement, to) => {
    video.currentTime = to;
  }, seconds);
}

const tracks = (page: Page) =>
  page
    .locator('video track')
    .evaluateAll((found) => (found as HTMLTrackElement[]).map(({ kind, srclang, label }) => `${kind} ${srclang} ${label}`));

test('a learner reads what an instructor added, in the language they choose', async ({ page, newPerson }, info) => {
  test.setTimeout(300_000);
  await people.signIn(page, people.instructor);
  await people.createCourse(page, 'A course with captions');
  await people.addSection(page, 'Beginnings');
  await people.addLesson(page, 'Greetings');
  const editor = page.url();
  await people.openLessonEditor(page, 'Greetings');
  const list = section(page).getByRole('listitem');

  await test.step('without a video there is nothing to add them to', async () => {
    await expect(section(page).getByText('upload that first')).toBeVisible();
    await people.addCaptions(page, 'Deutsch', 'greetings.srt', german);
    await expect(section(page).getByRole('alert')).toContainText('Upload the video first');
  });

  await test.step('SRT and WebVTT are taken, and a wrong file is refused with the line', async () => {
    await people.uploadUntilReady(page, await clip({ size: '640x360' }));
    await people.addCaptions(page, 'Deutsch', 'greetings.srt', german);
    await expect(list).toHaveCount(1);
    await people.addCaptions(page, 'العربية', 'greetings.vtt', arabic);
    await expect(list).toHaveCount(2);
    await people.addCaptions(page, 'Français', 'wrong.srt', '1\n00:00:01,000 -> 00:00:04,000\nBonjour\n');
    await expect(section(page).getByRole('alert')).toHaveText('Line 2 is not a time range such as 00:01:02,500 --> 00:01:04,000.');
    await people.addCaptions(page, 'Français', 'latin1.srt', Buffer.from('1\n00:00:01,000 --> 00:00:04,000\n\xe9t\xe9\n', 'latin1'));
    await expect(section(page).getByRole('alert')).toContainText('Save the file as UTF-8 text');
    await expect(list).toHaveCount(2);
  });

  await test.step('on phones and desks, in light and dark', async () => {
    for (const [width, height] of [[390, 844], [1280, 900]] as const) {
      await page.setViewportSize({ width, height });
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
        expect(await page.evaluate(() => document.documentElement.scrollWidth), 'nothing sticks out').toBeLessThanOrEqual(width);
        await info.attach(`${width} ${colorScheme}`, { body: await section(page).screenshot(), contentType: 'image/png' });
      }
    }
  });

  await page.goto(editor);
  const course = await people.publish(page);
  const reader = await newPerson();
  await people.signIn(reader, people.learner);
  await people.enrolAndOpen(reader, course);

  await test.step('both are in the player, and are shown at their time', async () => {
    await goTo(reader, 2);
    expect(await tracks(reader)).toEqual(['subtitles de Deutsch', 'subtitles ar العربية']);
    await expect.poll(() => showing(reader, 'ar')).toEqual(['مرحبا']);
    await expect.poll(() => showing(reader, 'de')).toEqual(['Grüß dich &amp; hallo']);
    await goTo(reader, 5);
    await expect.poll(() => showing(reader, 'de')).toEqual([]);
  });

  await test.step('the language that was shown last is shown again', async () => {
    await reader.locator('video').evaluate((video: HTMLVideoElement) => {
      for (const track of video.textTracks) track.mode = track.language === 'ar' ? 'showing' : 'disabled';
    });
    await expect.poll(() => reader.evaluate(() => localStorage.getItem('captions'))).toBe('ar');
    await reader.reload();
    await goTo(reader, 2);
    const modes = () =>
      reader.locator('video').evaluate((video: HTMLVideoElement) => [...video.textTracks].map((track) => track.mode));
    await expect.poll(modes).toEqual(['disabled', 'showing']);
  });

  await test.step('others take their place, and what is removed is gone', async () => {
    await page.goto(editor);
    await people.openLessonEditor(page, 'Greetings');
    await people.addCaptions(page, 'Deutsch', 'better.srt', better);
    await expect(list).toHaveCount(2);
    page.on('dialog', (dialog) => dialog.accept());
    await section(page).getByRole('button', { name: 'Remove العربية' }).click();
    await expect(list).toHaveCount(1);
    await expect(async () => {
      await reader.reload();
      await goTo(reader, 2);
      expect(await tracks(reader)).toEqual(['subtitles de Deutsch']);
    }).toPass();
    await expect.poll(() => showing(reader, 'de')).toEqual(['Guten Tag']);
  });
});
