// One account on several devices, and what ends playing. Cookies live for seconds here.
import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { clip } from './films.ts';
import { expect, testOn } from './fixtures.ts';
import * as people from './people.ts';
import { readTree } from './playlists.ts';
import { demoCourse, Server } from './server.ts';
import { goesOn, openLesson, play } from './watching.ts';

const cookieSeconds = 4;
/** One life of cookies, on a machine that is busy with other things. */
const patience = 3 * cookieSeconds * 1000;

const test = testOn(async () =>
  Server.start({
    film: await clip({ size: '320x180', seconds: 120 }),
    settings: { STOA_PLAYBACK__COOKIE_SECONDS: String(cookieSeconds), STOA_PLAYBACK__MAX_DEVICES: '2' },
  }),
);

const now = (page: Page) => page.getByRole('alert').filter({ hasText: 'Playing on another device now' });

/** Everything of the video, and the cookies that this browser has for it. */
async function media(page: Page, master: string): Promise<{ files: string[]; cookie: string }> {
  const cookie = await people.mediaCookies(page.context());
  return { files: (await readTree(master, cookie)).all, cookie };
}

/** That the browser's cookies open nothing any more, once the life that they may have had is over. */
async function openNothing(page: Page, files: string[]): Promise<void> {
  const cookie = await people.mediaCookies(page.context());
  await expect.poll(async () => (await fetch(files[0] ?? '', { headers: { cookie } })).status, { timeout: patience }).toBe(403);
  for (const file of files) expect((await fetch(file, { headers: { cookie } })).status, file).toBe(403);
}

test('a third device sees which two play, and takes the place of one', async ({ newPerson }) => {
  test.setTimeout(180_000);
  const [first, second, third] = [await newPerson(), await newPerson(), await newPerson()];
  const master = first.waitForRequest(/\/media\/.*master\.m3u8$/);
  for (const device of [first, second]) {
    await openLesson(device);
    await play(device);
    await goesOn(device);
  }
  const { files } = await media(first, (await master).url());

  await openLesson(third);
  const panel = third.getByRole('alert');
  await expect(panel.getByRole('heading', { name: 'Already playing on other devices' })).toBeVisible();
  await expect(panel.getByRole('listitem')).toHaveCount(2);
  await expect(panel.getByText('Chrome on Linux', { exact: true })).toHaveCount(2);
  await expect(third.locator('video')).toBeHidden();
  expect(await people.mediaCookies(third.context()), 'and nothing that would open the video').toBe('');
  expect((await new AxeBuilder({ page: third }).analyze()).violations).toEqual([]);

  await panel.getByRole('listitem').first().getByRole('button').click();
  await goesOn(third);
  await expect(now(first)).toBeVisible({ timeout: patience });
  await openNothing(first, files);
  await goesOn(second, cookieSeconds);

  await test.step('the first takes it back', async () => {
    await now(first).getByRole('listitem').last().getByRole('button').click();
    await goesOn(first);
    await expect(now(third)).toBeVisible({ timeout: patience });
    await goesOn(second);
  });
});

test('whoever goes on to another page makes room at once', async ({ newPerson }) => {
  test.setTimeout(120_000);
  const [first, second, third] = [await newPerson(), await newPerson(), await newPerson()];
  for (const device of [first, second]) {
    await openLesson(device);
    await play(device);
    await goesOn(device);
  }
  // A beacon: the browser tells of no answer to it.
  const left = first.waitForRequest((request) => request.url().endsWith('/api/playback/release'));
  await first.getByRole('link', { name: 'My learning' }).click();
  await left;
  await openLesson(third);
  await play(third);
  await goesOn(third);

  await test.step('so does whoever closes the page', async () => {
    await second.goto('about:blank');
    await openLesson(first);
    await play(first);
    await goesOn(first);
  });
});

test('tabs of one browser count once', async ({ newPerson }) => {
  test.setTimeout(120_000);
  const [one, other] = [await newPerson(), await newPerson()];
  await openLesson(one);
  const lesson = one.url();
  const [cookie] = (await one.context().cookies()).filter(({ name }) => name.endsWith('stoa-device'));
  expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Lax' });
  for (let tab = 0; tab < 3; tab += 1) {
    const page = await one.context().newPage();
    await page.goto(lesson);
    await play(page);
    await goesOn(page);
  }
  await openLesson(other);
  await play(other);
  await goesOn(other);
});

test('signing out ends what plays, also in another tab', async ({ newPerson }) => {
  test.setTimeout(120_000);
  const page = await newPerson();
  const master = page.waitForRequest(/\/media\/.*master\.m3u8$/);
  await openLesson(page);
  await play(page);
  await goesOn(page);
  const { files } = await media(page, (await master).url());
  const tab = await page.context().newPage();
  await tab.goto('/');
  await people.signOut(tab);
  await expect(page.getByText('You are signed out')).toBeVisible({ timeout: patience });
  await openNothing(page, files);
});

test('who is removed from the course watches for a moment more at most', async ({ newPerson }) => {
  test.setTimeout(120_000);
  const learner = await newPerson();
  const master = learner.waitForRequest(/\/media\/.*master\.m3u8$/);
  await openLesson(learner);
  await play(learner);
  await goesOn(learner);
  const { files } = await media(learner, (await master).url());

  const teacher = await newPerson();
  await people.signIn(teacher, people.instructor);
  await teacher.goto('/teach');
  await teacher.getByRole('link', { name: 'Making of Big Buck Bunny' }).click();
  await teacher.getByRole('link', { name: 'Learners' }).click();
  await people.hydrated(teacher);
  teacher.on('dialog', (dialog) => dialog.accept());
  await teacher.getByRole('button', { name: 'Remove Linus' }).click();
  await expect(teacher.getByText('Nobody here yet')).toBeVisible();

  await expect(learner.getByText('This lesson is not open to you any more.')).toBeVisible({ timeout: patience });
  await openNothing(learner, files);
  const answer = await learner.request.get(demoCourse);
  expect(await answer.text(), 'and may join again as anybody may').toContain('Enrol');
});
