// The log of who did what, in a browser that runs scripts and in one that does not.
import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { member, press } from './accounts.ts';
import { expect, test } from './fixtures.ts';
import * as people from './people.ts';

const rows = (page: Page) => page.getByRole('main').getByRole('listitem');

/** Searches the log; a field that is not named asks for nothing. */
async function search(page: Page, { who = '', thing = '', what = 'Anything', from = '', until = '' }): Promise<void> {
  await page.goto('/operate/audit');
  await page.getByLabel('Who').fill(who);
  await page.getByLabel('To what').fill(thing);
  await page.getByLabel('What', { exact: true }).selectOption({ label: what });
  await page.getByLabel('From').fill(from);
  await page.getByLabel('Until').fill(until);
  await press(page, 'Search');
  await expect(page).toHaveURL(/[?]who=/);
}

/** The day, some days from now, as the log's fields hold it. */
const day = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

test('what an operator just did is found by who, to what, which kind and when', async ({ page, newPerson }) => {
  const email = await member(await newPerson());
  await people.signIn(page, people.operator);
  await people.findPerson(page, email);
  await people.changeRole(page, email, 'Instructor');

  const changed = { who: people.operator.email, thing: email, what: 'Role changed' };
  await search(page, changed);
  await expect(rows(page)).toHaveCount(1);
  await expect(rows(page)).toContainText(/Role changed\s*grace@stoa\.example from/);
  await expect(rows(page)).toContainText(/before learner, after instructor/);
  await expect(page.getByLabel('To what'), 'what was asked for stays').toHaveValue(email);

  await search(page, { ...changed, from: day(-1), until: day(1) });
  await expect(rows(page)).toHaveCount(1);
  await search(page, { ...changed, until: day(-2) });
  await expect(page.getByText('Nothing found')).toBeVisible();
  await search(page, { thing: email });
  await expect(rows(page).filter({ hasText: 'Account added' })).toHaveCount(1);
});

test('what is no address and no thing is refused with a sentence', async ({ page }) => {
  await people.signIn(page, people.operator);
  await search(page, { who: 'Grace' });
  await expect(page.getByRole('alert')).toContainText('Who');
  await expect(rows(page)).toHaveCount(0);
});

test('what is found is exported for spreadsheets, and that is logged', async ({ page }) => {
  await people.signIn(page, people.operator);
  await search(page, { who: people.operator.email, what: 'Signed in' });
  const started = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Export all that is found as CSV' }).click();
  const download = await started;
  expect(download.suggestedFilename()).toBe('audit.csv');
  const [head, ...lines] = (await readFile(await download.path(), 'utf8')).trimEnd().split('\r\n');
  expect(head).toBe('when,who,e-mail,from,kind,what,name,details');
  expect(lines).not.toHaveLength(0);
  for (const line of lines) expect(line).toMatch(/^"[^"]+","account \w+","grace@stoa\.example",.*"account\.signed-in"/);

  await search(page, { who: people.operator.email, what: 'Audit log exported' });
  await expect(rows(page).first()).toContainText(people.operator.email);
});
