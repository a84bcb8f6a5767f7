// Accounts of a test's own, made as people make them.
import { expect, type Page } from '@playwright/test';
import { linkFrom } from './mailbox.ts';
import * as people from './people.ts';

/** Of everybody whose account is made here. */
export const password = 'a quiet morning in May';
let count = 0;

/** The address of somebody who has never been here. */
export const stranger = () => `mary${Date.now()}${count++}@stoa.example`;

/** Presses a button of the page itself, not of the bar above it. */
export const press = (page: Page, name: string) => page.getByRole('main').getByRole('button', { name, exact: true }).click();

/** The same, until the form is answered: the page that follows may look like the one before. */
export async function submit(page: Page, name: string): Promise<void> {
  const answered = page.waitForResponse((response) => response.request().method() === 'POST');
  await press(page, name);
  await answered;
}

export async function register(page: Page, email: string): Promise<void> {
  await page.goto('/sign-in');
  await page.getByRole('link', { name: 'Create an account' }).click();
  await page.getByLabel('Name').fill('Mary Shelley');
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password').fill(password);
  await press(page, 'Create account');
  await expect(page.getByRole('heading', { name: 'Confirm your address' })).toBeVisible();
}

export async function confirm(page: Page, email: string): Promise<void> {
  await page.goto(await linkFrom(page, email, 'Confirm your address'));
  await press(page, 'Confirm');
  await expect(page.getByText('Your address is confirmed.')).toBeVisible();
}

/** Somebody who is signed in, and has been given a home in this browser. Returns their address. */
export async function member(page: Page): Promise<string> {
  const email = stranger();
  await register(page, email);
  await confirm(page, email);
  await people.signIn(page, { email, password });
  return email;
}
