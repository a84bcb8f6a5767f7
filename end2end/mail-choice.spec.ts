// Which mails people get, in a browser that runs scripts and in one that does not.
import type { Page } from '@playwright/test';
import { press, submit } from './accounts.ts';
import { expect, test } from './fixtures.ts';
import { mailTo } from './mailbox.ts';
import * as people from './people.ts';

const videos = (page: Page) => page.getByLabel('My videos are ready');

/** Has the instructor get mails about videos, or not. */
async function choose(page: Page, wanted: boolean): Promise<void> {
  await page.goto('/account/mail');
  await videos(page).setChecked(wanted);
  await submit(page, 'Save choice');
}

async function expectChosen(page: Page, wanted: boolean): Promise<void> {
  await page.goto('/account/mail');
  await expect(videos(page)).toBeChecked({ checked: wanted });
}

test('somebody chooses which mails they get', async ({ page }) => {
  await people.signIn(page, people.instructor);
  await choose(page, false);
  await expectChosen(page, false);
  await choose(page, true);
  await expectChosen(page, true);
});

test('the link in a mail ends such mails without a sign-in', async ({ page, newPerson }) => {
  const { links } = await mailTo(page, people.instructor.email, 'Your video is ready');
  await page.goto(links.find((link) => link.includes('/unsubscribe?')) ?? '');
  await expect(page.getByText('no more mails about this: My videos are ready')).toBeVisible();
  await press(page, 'No more such mails');
  await expect(page.getByText('That is done.')).toBeVisible();

  const instructor = await newPerson();
  await people.signIn(instructor, people.instructor);
  await expectChosen(instructor, false);
  await choose(instructor, true);
});

test('a mail program ends such mails with one click', async ({ page }) => {
  const { unsubscribe = '' } = await mailTo(page, people.instructor.email, 'Your video is ready');
  // RFC 8058 §3.1: no cookies, no page before it.
  const click = (address: string) =>
    fetch(address, { method: 'POST', body: new URLSearchParams({ 'List-Unsubscribe': 'One-Click' }), redirect: 'manual' });
  expect((await click(unsubscribe.replace(/proof=.{8}/, 'proof=AAAAAAAA'))).status, 'a link that nobody was sent').toBe(404);
  expect((await click(unsubscribe)).status).toBe(200);

  await people.signIn(page, people.instructor);
  await expectChosen(page, false);
  await choose(page, true);
});
