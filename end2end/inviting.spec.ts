// Inviting people by a link, and giving roles with a password, in a browser that runs scripts and in one that does not.
import type { Page } from '@playwright/test';
import { expect, test } from './fixtures.ts';
import * as people from './people.ts';

const password = 'a quiet morning in May';
let count = 0;

const stranger = () => `claire${Date.now()}${count++}@stoa.example`;
const main = (page: Page) => page.getByRole('main');
const press = (page: Page, name: string) => main(page).getByRole('button', { name, exact: true }).click();
const link = (page: Page) => page.getByRole('textbox', { name: 'Link' });

/** Invites somebody as an instructor without a mail; tells the link, which is shown once. */
async function invite(page: Page, email: string): Promise<string> {
  await page.goto('/operate/people');
  await page.getByRole('link', { name: 'Invite somebody' }).click();
  await page.getByLabel('Their e-mail address').fill(email);
  await page.getByLabel('What they will be').selectOption({ label: 'Instructor' });
  await page.getByLabel('Mail it to them').uncheck();
  await press(page, 'Invite');
  await expect(page.getByRole('heading', { name: `The link for ${email}` })).toBeVisible();
  return link(page).inputValue();
}

async function accept(page: Page, address: string, email: string): Promise<void> {
  await page.goto(address);
  await page.getByLabel('Name').fill('Claire Clairmont');
  await page.getByLabel('Password').fill(password);
  await press(page, 'Accept the invitation');
  await expect(page.getByText('Your account is ready.')).toBeVisible();
  await people.signIn(page, { email, password });
}

test('somebody gets the link of an invitation handed, and has an account by it once', async ({ page, newPerson }) => {
  const email = stranger();
  await people.signIn(page, people.operator);
  const address = await invite(page, email);
  await press(page, 'I have it');
  await expect(link(page)).toHaveCount(0);
  const open = main(page).getByRole('listitem').filter({ hasText: email });
  await expect(open).toContainText('Instructor, invited by');

  const claire = await newPerson();
  await accept(claire, address, email);
  await expect(claire.getByRole('link', { name: 'Teach' })).toBeVisible();
  await claire.goto(address);
  await expect(claire.getByText('was used already')).toBeVisible();
  await page.reload();
  await expect(open).toHaveCount(0);
});

test('an invitation that was taken back opens nothing', async ({ page, newPerson }) => {
  const email = stranger();
  await people.signIn(page, people.operator);
  const address = await invite(page, email);
  await press(page, 'I have it');
  await main(page).getByRole('button', { name: `Take back the invitation of ${email}` }).click();
  await expect(main(page).getByRole('listitem').filter({ hasText: email })).toHaveCount(0);
  const claire = await newPerson();
  await claire.goto(address);
  await expect(claire.getByText('was taken back')).toBeVisible();
});

test('where the password is asked for, giving it does what was asked', async ({ page, newPerson }) => {
  const email = stranger();
  await people.signIn(page, people.operator);
  const claire = await newPerson();
  await accept(claire, await invite(page, email), email);

  await page.goto('/operate/people');
  await page.getByRole('search').getByLabel('E-mail').fill(email);
  await press(page, 'Find');
  await expect(page).toHaveURL(/account=/);
  // Where a form leads whose sender gave their password long ago.
  await page.goto(`${page.url()}&to=support`);
  await expect(page.getByRole('combobox', { name: `Role of ${email}` })).toHaveValue('support');
  await page.getByLabel('Your password').fill('not the password');
  await press(page, `Change the role of ${email}`);
  await expect(page.getByRole('alert')).toContainText('Password is not right');
  await page.getByLabel('Your password').fill(people.operator.password);
  await press(page, `Change the role of ${email}`);
  await expect(page.getByLabel('Your password')).toHaveCount(0);
  await expect(page.getByRole('combobox', { name: `Role of ${email}` })).toHaveValue('support');
  await page.reload();
  await expect(page.getByRole('combobox', { name: `Role of ${email}` })).toHaveValue('support');
});
