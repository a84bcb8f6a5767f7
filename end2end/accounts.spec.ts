// What people do to their accounts, in a browser that runs scripts and in one that does not.
import type { Page } from '@playwright/test';
import { confirm, member, password, press, register, stranger } from './accounts.ts';
import { expect, test } from './fixtures.ts';
import { linkFrom } from './mailbox.ts';
import * as people from './people.ts';
import { totp } from './totp.ts';

const other = 'an even quieter evening';

const main = (page: Page) => page.getByRole('main');
const code = (page: Page) => page.getByRole('textbox', { name: 'Code' });
const alert = (page: Page) => page.getByRole('alert');

async function enterPassword(page: Page, email: string, text = password): Promise<void> {
  await page.goto('/sign-in');
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password').fill(text);
  await press(page, 'Sign in');
}

/** Sets up a second factor; tells its key and the recovery codes. */
async function secondFactor(page: Page): Promise<{ key: string; codes: string[] }> {
  await page.goto('/account/security');
  await press(page, 'Set up a second factor');
  await expect(page.getByRole('img', { name: /QR code/ })).toBeVisible();
  const key = (await page.locator('p.font-mono').innerText()).trim();
  await code(page).fill(totp(key));
  await press(page, 'Turn on');
  await expect(page.getByRole('heading', { name: 'Recovery codes' })).toBeVisible();
  const codes = await page.locator('ul.font-mono li').allInnerTexts();
  await press(page, 'I have kept them');
  await expect(page.getByText('Recovery codes left: 10')).toBeVisible();
  return { key, codes };
}

test('somebody registers, confirms by mail, and signs in', async ({ page }) => {
  const email = stranger();
  await register(page, email);
  await enterPassword(page, email);
  await expect(page, 'not confirmed yet').toHaveURL(/\/confirm\?email=/);
  await code(page).fill('0000-0000-0000');
  await press(page, 'Confirm');
  await expect(alert(page)).toContainText('Code is not, or no longer, right');
  await confirm(page, email);
  await expect(page.getByLabel('E-mail')).toHaveValue(email);
  await people.signIn(page, { email, password });
  await page.getByRole('button', { name: 'Account of Mary Shelley' }).click();
});

test('who registers with an address that is taken reads the same page, and its owner gets a mail', async ({ page }) => {
  await register(page, people.learner.email);
  expect(await linkFrom(page, people.learner.email, 'You have an account already')).toMatch(/\/sign-in$/);
});

test('a weak password is refused with a sentence', async ({ page }) => {
  await page.goto('/sign-up');
  await page.getByLabel('Name').fill('Mary');
  await page.getByLabel('E-mail').fill(stranger());
  await page.getByLabel('Password').fill('password1234');
  await press(page, 'Create account');
  await expect(alert(page)).toContainText('guessed first');
});

test('a forgotten password is replaced by mail', async ({ page }) => {
  const email = await member(page);
  await people.signOut(page);
  await page.goto('/sign-in');
  await page.getByRole('link', { name: 'Forgot your password?' }).click();
  await page.getByLabel('E-mail').fill(email);
  await press(page, 'Send the code');
  await expect(page.getByText('If there is an account with this address')).toBeVisible();
  await page.goto(await linkFrom(page, email, 'Set a new password'));
  await page.getByLabel('New password').fill(other);
  await press(page, 'Set password');
  await expect(page.getByText('Your password is changed.')).toBeVisible();
  await enterPassword(page, email);
  await expect(alert(page)).toContainText('not right');
  await people.signIn(page, { email, password: other });
});

test('a second factor is set up, asked for, and replaced by a recovery code', async ({ page }) => {
  const email = await member(page);
  const { key, codes } = await secondFactor(page);
  expect(codes).toHaveLength(10);
  await people.signOut(page);

  await enterPassword(page, email);
  await expect(page.getByRole('heading', { name: 'One more step' })).toBeVisible();
  await code(page).fill('000000');
  await press(page, 'Continue');
  await expect(alert(page)).toContainText('Code is not right');
  await code(page).fill(totp(key, 1));
  await press(page, 'Continue');
  await expect(page.getByRole('button', { name: /^Account of/ })).toBeVisible();
  await people.signOut(page);

  await enterPassword(page, email);
  await code(page).fill(codes[0] as string);
  await press(page, 'Continue');
  await expect(page.getByRole('button', { name: /^Account of/ })).toBeVisible();
  await page.goto('/account/security');
  await expect(page.getByText('Recovery codes left: 9')).toBeVisible();
  await press(page, 'Turn off');
  await expect(page.getByText('Off: signing in asks for your password alone.')).toBeVisible();
});

test('another device is seen and signed out, and then all are', async ({ page, newPerson }) => {
  const email = await member(page);
  const phone = await newPerson();
  await people.signIn(phone, { email, password });
  await page.goto('/account/security');
  await expect(page.getByText('This device')).toHaveCount(1);
  await main(page).getByRole('button', { name: /^Sign out Chrome/ }).click();
  await expect(main(page).getByRole('button', { name: /^Sign out Chrome/ })).toHaveCount(0);
  await phone.goto('/learning');
  await expect(phone).toHaveURL(/\/sign-in/);
  await press(page, 'Sign out everywhere');
  await expect(page).toHaveURL(/\/sign-in/);
  await page.goto('/learning');
  await expect(page).toHaveURL(/\/sign-in/);
});

test('a new password signs other devices out', async ({ page, newPerson }) => {
  const email = await member(page);
  const phone = await newPerson();
  await people.signIn(phone, { email, password });
  await page.goto('/account/security');
  await page.getByLabel('Current password').fill('not the password');
  await page.getByLabel('New password').fill(other);
  await press(page, 'Change password');
  await expect(alert(page)).toContainText('Current password is not right');
  await page.getByLabel('Current password').fill(password);
  await page.getByLabel('New password').fill(other);
  await press(page, 'Change password');
  await expect(alert(page)).toHaveCount(0);
  await phone.goto('/learning');
  await expect(phone).toHaveURL(/\/sign-in/);
  await page.goto('/learning');
  await expect(page).toHaveURL(/\/learning$/);
});

test('both addresses confirm a change of address', async ({ page }) => {
  const [email, next] = [await member(page), stranger()];
  await page.goto('/account/security');
  await page.getByLabel('New address').fill(next);
  await press(page, 'Change address');
  await expect(page.getByText('follow the link in the mail to').getByText(email)).toBeVisible();
  await page.goto(await linkFrom(page, email, 'Confirm that your address changes'));
  await press(page, 'Yes, change it');
  await expect(page.getByText('One last thing')).toBeVisible();
  await page.goto(await linkFrom(page, next, 'Confirm your new address'));
  await press(page, 'Confirm the new address');
  await expect(main(page).getByText('You sign in as').getByText(next)).toBeVisible();
  await people.signOut(page);
  await people.signIn(page, { email: next, password });
});
