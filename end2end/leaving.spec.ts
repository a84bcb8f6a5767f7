// Having an account deleted, and thinking better of it, in a browser that runs scripts and in one that does not.
import type { Page } from '@playwright/test';
import { expect, test } from './fixtures.ts';
import { linkFrom } from './mailbox.ts';
import * as people from './people.ts';
import type { Server } from './server.ts';

let count = 0;

const main = (page: Page) => page.getByRole('main');

/** Somebody who is signed in, and has not been here before. */
async function member(page: Page, server: Server): Promise<string> {
  const [email, password] = [`percy${Date.now()}${count++}@stoa.example`, 'a quiet morning in May'];
  await server.command(['account', 'add', '--email', email, '--name', 'Percy Shelley'], password);
  await people.signIn(page, { email, password });
  return email;
}

async function askForDeletion(page: Page): Promise<void> {
  await page.goto('/account/data');
  await page.getByLabel('I have taken along what I want to keep').check();
  await main(page).getByRole('button', { name: 'Delete my account' }).click();
  await expect(main(page).getByRole('button', { name: 'Keep the account' })).toBeVisible();
}

test('who wants to leave is offered their data first, is told what will be lost, and must say that they know', async ({ page, server }) => {
  await member(page, server);
  await page.goto('/account/data');
  await expect(page.getByRole('heading', { level: 2 })).toHaveText(['Take it along', 'Delete the account']);
  await expect(page.getByText('You lose the courses that you take')).toBeVisible();
  await main(page).getByRole('button', { name: 'Delete my account' }).click();
  await expect(page.getByLabel('I have taken along what I want to keep'), 'the browser asks for it').toBeFocused();
  await page.reload();
  await expect(main(page).getByRole('button', { name: 'Delete my account' }), 'nothing has happened').toBeVisible();
});

test('an account that will be deleted says so on every page, and its owner may keep it', async ({ page, server }) => {
  const email = await member(page, server);
  await askForDeletion(page);
  const banner = page.getByRole('banner').getByText('Your account will be deleted on');
  await expect(banner).toBeVisible();
  await page.goto('/courses');
  await expect(banner).toBeVisible();

  await page.goto(await linkFrom(page, email, 'Your account will be deleted'));
  await main(page).getByRole('button', { name: 'Keep the account' }).click();
  await expect(main(page).getByRole('button', { name: 'Delete my account' })).toBeVisible();
  await expect(banner).toBeHidden();
});

test('who teaches learners is told which course stands in the way', async ({ page, newPerson }) => {
  const learner = await newPerson();
  await people.signIn(learner, people.learner);
  await learner.goto('/courses/a-radio-from-scratch');
  const enrol = learner.getByRole('button', { name: 'Enrol' });
  const goOn = learner.getByRole('link', { name: 'Continue' });
  await expect(enrol.or(goOn)).toBeVisible();
  if (await enrol.isVisible()) await enrol.click();
  await expect(goOn).toBeVisible();

  await people.signIn(page, people.instructor);
  await page.goto('/account/data');
  await expect(page.getByText('“A radio from scratch” has learners, who must not lose it.')).toBeVisible();
  await expect(main(page).getByRole('button', { name: 'Delete my account' })).toHaveCount(0);
});
