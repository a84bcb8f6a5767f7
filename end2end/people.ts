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

/** Opens the page of people, as one of those who see it, on the one with this address. */
export async function findPerson(page: Page, email: string): Promise<void> {
  await page.goto('/operate/people');
  await page.getByRole('search').getByLabel('E-mail').fill(email);
  await page.getByRole('button', { name: 'Find' }).click();
  await expect(page).toHaveURL(/[?]account=/);
  await expect(personRow(page, email)).toHaveCount(1);
}

/** What the page of people says of somebody. */
export const personRow = (page: Page, email: string) => page.getByRole('main').getByRole('listitem').filter({ hasText: email });

/** Gives somebody whom the page of people shows another role. */
export async function changeRole(page: Page, email: string, role: string): Promise<void> {
  await page.getByRole('combobox', { name: `Role of ${email}` }).selectOption({ label: role });
  const answered = page.waitForResponse((response) => response.request().method() === 'POST');
  await page.getByRole('button', { name: `Change the role of ${email}` }).click();
  await answered;
}

/** Ends the sessions of somebody whom the page of people shows. With scripts it asks first. */
export async function endSessions(page: Page, email: string): Promise<void> {
  page.once('dialog', (dialog) => dialog.accept());
  const answered = page.waitForResponse((response) => response.request().method() === 'POST');
  await page.getByRole('button', { name: `End the sessions of ${email}` }).click();
  await answered;
}

/** Invites somebody to have an account, as an operator. What comes of it is told on the page. */
export async function invite(page: Page, email: string, role: string): Promise<void> {
  await page.goto('/operate/people');
  await page.getByRole('link', { name: 'Invite somebody' }).click();
  await page.getByLabel('Their e-mail address').fill(email);
  await page.getByLabel('What they will be').selectOption({ label: role });
  const answered = page.waitForResponse((response) => response.request().method() === 'POST');
  await page.getByRole('button', { name: 'Invite', exact: true }).click();
  await answered;
}

/** Takes up the invitation behind a link, and signs in. */
export async function acceptInvitation(page: Page, link: string, name: string, email: string): Promise<void> {
  await page.goto(link);
  await page.getByLabel('Name').fill(name);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Accept the invitation' }).click();
  await expect(page.getByText('Your account is ready.')).toBeVisible();
  await expect(page.getByLabel('E-mail')).toHaveValue(email);
  await signIn(page, { email, password });
}

/** Asks somebody to teach the course whose editor is open, as its owner, and ends on the page of its instructors. */
export async function askToTeach(page: Page, email: string): Promise<void> {
  await page.getByRole('link', { name: 'Instructors' }).click();
  await expect(page.getByRole('heading', { name: 'Instructors', level: 1 })).toBeVisible();
  await page.getByLabel('E-mail').fill(email);
  await page.getByRole('button', { name: 'Invite', exact: true }).click();
  await expect(personRow(page, email)).toContainText('Invited');
}

/** Creates a course as the signed-in instructor, and ends on its editor. */
export async function createCourse(page: Page, title: string): Promise<void> {
  await page.goto('/teach');
  await page.getByLabel('Title').fill(title);
  await page.getByRole('button', { name: 'Create course' }).click();
  await expect(page).toHaveURL(/\/teach\/[^/]+$/);
  await expect(page.getByRole('heading', { level: 1 })).toContainText(title);
}

/** Sells a course of the signed-in instructor for so much. */
export async function sellFor(page: Page, course: string, amount: string): Promise<void> {
  await page.goto('/teach');
  await page.getByRole('link', { name: course }).click();
  await page.getByRole('link', { name: 'Price' }).click();
  await page.getByLabel('Amount').fill(amount);
  const answered = page.waitForResponse((response) => response.request().method() === 'POST');
  await page.getByRole('button', { name: 'Save price' }).click();
  await answered;
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
