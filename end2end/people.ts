// What people do, in their words: the labels of forms and buttons stand here once.
import { type BrowserContext, expect, type Page } from '@playwright/test';

const password = 'learning is fun';
export const instructor = { email: 'ada@stoa.example', password };
export const operator = { email: 'grace@stoa.example', password };
export const learner = { email: 'linus@stoa.example', password };

/** Waits until the page answers by itself. */
export async function hydrated(page: Page): Promise<void> {
  await expect(page.locator('html[data-hydrated]')).toBeAttached();
}

export async function signIn(page: Page, who: { email: string; password: string }): Promise<void> {
  await page.goto('/sign-in');
  await page.getByLabel('E-mail').fill(who.email);
  await page.getByLabel('Password').fill(who.password);
  await page.getByRole('main').getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('button', { name: /^Account of/ })).toBeVisible();
}

export async function signOut(page: Page): Promise<void> {
  await page.getByRole('button', { name: /^Account of/ }).click();
  await page.getByRole('button', { name: 'Sign out', exact: true }).click();
  await expect(page.getByRole('link', { name: 'Sign in' })).toBeVisible();
}

/** Creates a course as the signed-in instructor, and ends on its editor. */
export async function createCourse(page: Page, title: string): Promise<void> {
  await page.goto('/teach');
  await page.getByLabel('Title').fill(title);
  await page.getByRole('button', { name: 'Create course' }).click();
  await expect(page).toHaveURL(/\/teach\/[^/]+$/);
  await expect(page.getByRole('heading', { level: 1 })).toContainText(title);
}

export async function addSection(page: Page, title: string): Promise<void> {
  await page.getByLabel('New section', { exact: true }).fill(title);
  await page.getByRole('button', { name: 'Add section' }).click();
  await expect(page.getByRole('heading', { name: title, exact: true })).toBeVisible();
}

export async function addLesson(page: Page, title: string): Promise<void> {
  await page.getByLabel(/^New lesson in/).last().fill(title);
  await page.getByRole('button', { name: 'Add lesson' }).last().click();
  await expect(page.getByRole('link', { name: title, exact: true })).toBeVisible();
}

/** From the course editor to the lesson's page, where its video is. */
export async function openLessonEditor(page: Page, title: string): Promise<void> {
  await page.getByRole('link', { name: title, exact: true }).click();
  await expect(page).toHaveURL(/\/lessons\/[^/]+$/);
  await expect(page.getByRole('heading', { level: 1 })).toContainText(title);
  await hydrated(page);
}

/** A course for one lesson, which ends in that lesson's editor. */
export async function lessonOfItsOwn(page: Page, title: string): Promise<void> {
  await signIn(page, instructor);
  await createCourse(page, title);
  await addSection(page, 'Start');
  await addLesson(page, title);
  await openLessonEditor(page, title);
}

/** Publishes from the course editor; tells the course's public address. */
export async function publish(page: Page): Promise<string> {
  await page.getByRole('button', { name: 'Publish', exact: true }).click();
  await expect(page.getByRole('button', { name: 'Unpublish' })).toBeVisible();
  const address = await page.getByRole('link', { name: 'View course' }).getAttribute('href');
  return address ?? '';
}

/** Uploads from the lesson's page and waits until it can be watched. */
export async function uploadUntilReady(page: Page, file: string, timeout = 600_000): Promise<void> {
  await page.getByLabel('Video file').setInputFiles(file);
  await page.getByRole('button', { name: 'Upload' }).click();
  await expect(page.getByText('Ready', { exact: true })).toBeVisible({ timeout });
}

/** Sends a file of captions from the lesson's page; what comes of it is told there. */
export async function addCaptions(page: Page, language: string, name: string, text: string | Buffer): Promise<void> {
  const section = page.getByRole('region', { name: 'Captions' });
  await section.getByLabel('Language').selectOption({ label: language });
  await section.getByLabel('Captions file').setInputFiles({ name, mimeType: 'text/plain', buffer: Buffer.from(text) });
  await section.getByRole('button', { name: 'Add captions' }).click();
}

/** Creates and publishes a course of one lesson with this video; ends on the course editor. */
export async function publishVideo(page: Page, title: string, file: string): Promise<string> {
  await createCourse(page, title);
  await addSection(page, 'Start here');
  await addLesson(page, 'The film');
  const editor = page.url();
  await openLessonEditor(page, 'The film');
  await uploadUntilReady(page, file);
  await page.goto(editor);
  return publish(page);
}

/** Enrols in the course at this address, where that is not done, and ends on its first lesson with the player there. */
export async function enrolAndOpen(page: Page, course: string): Promise<void> {
  await enrolAndGoOn(page, course);
  await expect(page.locator('video')).toBeVisible();
}

/** The same, whether there is a player or not. */
export async function enrolAndGoOn(page: Page, course: string): Promise<void> {
  await page.goto(course);
  const enrol = page.getByRole('button', { name: 'Enrol' });
  const goOn = page.getByRole('link', { name: 'Continue' });
  await expect(enrol.or(goOn)).toBeVisible();
  if (await enrol.isVisible()) await enrol.click();
  await goOn.click();
  await expect(page).toHaveURL(/\/learn\//);
}

/** The signed cookies in this browser, as the header that a player sends. */
export async function mediaCookies(context: BrowserContext): Promise<string> {
  const cookies = await context.cookies();
  const signed = cookies.filter((cookie) => cookie.name.startsWith('CloudFront-'));
  return signed.map((cookie) => `${cookie.name}=${cookie.value}`).join('; ');
}
