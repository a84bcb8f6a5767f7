// The README's pictures. Not a test: it runs only for `make screenshots`.
import { resolve } from 'node:path';
import { expect, test } from './fixtures.ts';
import * as people from './people.ts';
import { demoCourse } from './server.ts';

const image = (name: string) => resolve(import.meta.dirname, `../docs/images/${name}.png`);

test.skip(!process.env.SCREENSHOTS, 'pictures are made by `make screenshots`');

test('pictures for the README', async ({ page, newPerson }) => {
  test.setTimeout(300_000);
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.goto('/');
  await people.hydrated(page);
  await page.screenshot({ path: image('catalogue') });

  const teacher = await newPerson();
  await teacher.setViewportSize({ width: 1280, height: 800 });
  await people.signIn(teacher, people.instructor);
  await teacher.goto('/teach');
  await teacher.getByRole('main').getByRole('listitem').getByRole('link').first().click();
  await people.hydrated(teacher);
  await teacher.screenshot({ path: image('editor') });

  const phone = await newPerson();
  await phone.setViewportSize({ width: 390, height: 844 });
  await phone.emulateMedia({ colorScheme: 'dark' });
  await people.signIn(phone, people.learner);
  await expect(() => people.enrolAndOpen(phone, demoCourse)).toPass();
  await phone.locator('video').evaluate((video: HTMLVideoElement) => {
    video.muted = true;
    return video.play();
  });
  await expect.poll(() => phone.locator('video').evaluate((video: HTMLVideoElement) => video.currentTime)).toBeGreaterThan(2);
  await phone.screenshot({ path: image('player') });
});
