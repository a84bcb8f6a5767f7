// People in a user pool: the same pages as ever, in a browser that runs scripts and in one that does not.
import { resolve } from 'node:path';
import type { Page } from '@playwright/test';
import { expect, test as base } from '../fixtures.ts';
import * as people from '../people.ts';
import { freePort, Server } from '../server.ts';
import { totp } from '../totp.ts';
import { Account } from './account.ts';

const noCourses = resolve(import.meta.dirname, '../../conformance/no-courses.json');
const password = 'a quiet morning in May';
/** The code in every mail of the stand-in. */
const mailed = '123456';

type People = { account: Account; server: Server };

const test = base.extend<{ account: Account }, { people: People; server: Server }>({
  people: [
    async ({}, use) => {
      const port = await freePort();
      const account = await Account.start(`http://localhost:${port}`);
      const server = await Server.start({ courses: noCourses, settings: account.people, port });
      await server.command(['account', 'add', '--email', people.operator.email, '--name', 'Grace', '--role', 'admin'], people.operator.password);
      await use({ account, server });
      await server.stop();
      account.stop();
    },
    { scope: 'worker', timeout: 120_000 },
  ],
  server: [async ({ people }, use) => use(people.server), { scope: 'worker' }],
  account: async ({ people }, use) => use(people.account),
});

let count = 0;
const main = (page: Page) => page.getByRole('main');
const press = (page: Page, name: string) => main(page).getByRole('button', { name, exact: true }).click();
const code = (page: Page) => page.getByRole('textbox', { name: 'Code' });
const alert = (page: Page) => page.getByRole('alert');
const signedIn = (page: Page) => expect(page.getByRole('button', { name: /^Account of/ })).toBeVisible();

/** Somebody who has registered and confirmed. */
async function member(page: Page): Promise<{ email: string; password: string }> {
  const email = `mary${Date.now()}${count++}@stoa.example`;
  await page.goto('/sign-up');
  await page.getByLabel('Name').fill('Mary Shelley');
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password').fill(password);
  await press(page, 'Create account');
  await expect(page.getByRole('heading', { name: 'Confirm your address' })).toBeVisible();
  await page.getByLabel('E-mail').fill(email);
  await code(page).fill('000000');
  await press(page, 'Confirm');
  await expect(alert(page)).toContainText('Code is not, or no longer, right');
  await code(page).fill(mailed);
  await press(page, 'Confirm');
  await expect(page.getByText('Your address is confirmed.')).toBeVisible();
  return { email, password };
}

async function enter(page: Page, email: string, text = password): Promise<void> {
  await page.goto('/sign-in');
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password').fill(text);
  await press(page, 'Sign in');
}

/** Reads the key that is shown, and gives its first code. */
async function showCode(page: Page, button: string): Promise<string> {
  await expect(page.getByRole('img', { name: /QR code/ })).toBeVisible();
  const key = (await page.locator('p.font-mono').innerText()).trim();
  await code(page).fill(totp(key));
  await press(page, button);
  return key;
}

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? 'with scripts' : 'without scripts', () => {
    test.use({ javaScriptEnabled });

    test('somebody registers, confirms by mail, signs in with a second factor, and out', async ({ page }) => {
      const { email } = await member(page);
      await enter(page, email, 'a quiet morning in June');
      await expect(alert(page)).toContainText('The e-mail address or the password is not right.');
      await enter(page, email);
      await signedIn(page);
      await page.goto('/account/security');
      await press(page, 'Set up a second factor');
      const key = await showCode(page, 'Turn on');
      await expect(page.getByRole('heading', { name: 'Recovery codes' })).toBeVisible();
      await press(page, 'I have kept them');
      await expect(page.getByText('Recovery codes left: 10')).toBeVisible();
      await people.signOut(page);

      await enter(page, email);
      await expect(page.getByRole('heading', { name: 'One more step' })).toBeVisible();
      await code(page).fill('000000');
      await press(page, 'Continue');
      await expect(alert(page)).toContainText('Code is not right');
      await code(page).fill(totp(key));
      await press(page, 'Continue');
      await signedIn(page);
      await people.signOut(page);
    });

    test('somebody signs in on the own pages of the pool, and is signed out there, too', async ({ page, account }) => {
      const { email } = await member(page);
      // The stand-in's page has no icon, and browsers ask for one.
      await page.route(`${account.endpoint}/favicon.ico`, (route) => route.fulfill({ status: 204 }));
      await page.goto('/sign-in?next=%2Faccount%2Fsecurity');
      await page.getByRole('link', { name: 'Continue with single sign-on' }).click();
      await expect(page).toHaveURL((url) => url.origin === account.endpoint);
      await page.getByLabel('Username').fill(email);
      await page.getByLabel('Password').fill(password);
      const returned = page.waitForRequest(/\/api\/session\/return\?/);
      await page.getByRole('button', { name: 'Sign in' }).click();
      await signedIn(page);
      await expect(page).toHaveURL('/account/security');
      const used = (await returned).url();

      const left = page.waitForRequest((request) => request.url().startsWith(`${account.endpoint}/logout`));
      await people.signOut(page);
      await left;
      await expect(page).toHaveURL('/');

      await page.goto(used);
      await expect(alert(page), 'what brought them in brings nobody in again').toContainText('began in another window');
    });
  });
}

test('a role that an admin gives is a group of the pool', async ({ page, account, newPerson }) => {
  const { email } = await member(page);
  await enter(page, email);
  await signedIn(page);
  const admin = await newPerson();
  await people.signIn(admin, people.operator);
  await expect.poll(() => account.groups(people.operator.email)).toEqual(['admins']);
  await admin.goto('/operate/people');
  await admin.getByLabel(`Role of ${email}`, { exact: true }).selectOption('instructor');
  await admin.getByRole('button', { name: `Change the role of ${email}` }).click();
  await expect.poll(() => account.groups(email)).toEqual(['instructors']);
  await page.goto('/teach');
  await expect(page.getByRole('button', { name: 'Create course' })).toBeVisible();
});

test('a pool that is down keeps new people out, with a sentence, and those who are signed in as they are', async ({ page, account, newPerson }) => {
  const { email } = await member(page);
  await enter(page, email);
  await signedIn(page);

  account.stop();
  const other = await newPerson();
  await expect(async () => {
    await enter(other, email);
    await expect(alert(other)).toContainText('This does not work at the moment. Please try again in a minute.');
  }).toPass({ timeout: 60_000 });
  await page.goto('/learning');
  await signedIn(page);
});
