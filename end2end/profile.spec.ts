// What people say of themselves, in a browser that runs scripts and in one that does not.
import { member, password, press, submit } from './accounts.ts';
import { expect, test } from './fixtures.ts';
import { mailTo } from './mailbox.ts';
import * as people from './people.ts';

test('name, language and time zone are kept, and mails tell the time there', async ({ page, newPerson }) => {
  const email = await member(page);
  await page.goto('/account');
  await expect(page.getByLabel('Name')).toHaveValue('Mary Shelley');
  await page.getByLabel('Name').fill('Mary Godwin');
  await page.getByLabel('Language').selectOption({ label: 'Deutsch' });
  await page.getByLabel('Time zone').selectOption('Asia/Tokyo');
  await submit(page, 'Save profile');
  await expect(page.getByRole('button', { name: 'Account of Mary Godwin' }), 'the bar above every page knows it').toBeVisible();

  await page.goto('/account');
  await expect(page.getByLabel('Name')).toHaveValue('Mary Godwin');
  await expect(page.getByLabel('Language')).toHaveValue('de');
  await expect(page.getByLabel('Time zone')).toHaveValue('Asia/Tokyo');

  const phone = await newPerson();
  await people.signIn(phone, { email, password });
  expect((await mailTo(page, email, 'A new sign-in')).text).toMatch(/Time: .* JST$/m);
});

test('a name of blanks is refused with a sentence', async ({ page }) => {
  await member(page);
  await page.goto('/account');
  await page.getByLabel('Name').fill('   ');
  await press(page, 'Save profile');
  await expect(page.getByRole('alert')).toContainText('Name');
  await page.goto('/account');
  await expect(page.getByLabel('Name')).toHaveValue('Mary Shelley');
});
