// The same forms twice: in a browser that runs scripts and in one that does not.
import { expect, test } from './fixtures.ts';
import * as people from './people.ts';

test('a learner signs in, enrols, reviews and signs out', async ({ page }) => {
  const course = '/courses/a-radio-from-scratch';
  await people.signIn(page, people.learner);
  await page.goto(course);
  await page.getByRole('button', { name: 'Enrol' }).click();
  await expect(page.getByRole('link', { name: 'Continue' })).toBeVisible();

  await page.goto('/learning');
  await expect(page.getByRole('link', { name: 'A radio from scratch', exact: true })).toBeVisible();

  await page.goto(course);
  await page.getByLabel('4, good').check();
  await page.getByLabel('Your review').fill('Clear and calm.');
  await page.getByRole('button', { name: 'Publish review' }).click();
  await expect(page.getByRole('listitem').filter({ hasText: 'Clear and calm.' })).toBeVisible();

  await people.signOut(page);
});

test('a wrong password is refused with a sentence, and the email stays', async ({ page }) => {
  await page.goto('/sign-in');
  await page.getByLabel('E-mail').fill(people.learner.email);
  await page.getByLabel('Password').fill('not the password');
  await page.getByRole('main').getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('alert')).toContainText(/e-mail|password/i);
  await expect(page.getByLabel('E-mail')).toHaveValue(people.learner.email);
});

test('an instructor arranges, renames and removes sections and lessons', async ({ page }) => {
  await people.signIn(page, people.instructor);
  await people.createCourse(page, 'Arranging things');
  await people.addSection(page, 'Second');
  await people.addSection(page, 'First');
  await people.addLesson(page, 'One');

  await page.getByRole('button', { name: 'Move First up' }).click();
  await expect(page.getByRole('heading', { level: 3 })).toHaveText(['First', 'Second']);

  await page.getByText('Rename this section').last().click();
  await page.getByLabel('New name of Second').fill('Last');
  await page.getByRole('button', { name: 'Rename' }).last().click();
  await expect(page.getByRole('heading', { level: 3 })).toHaveText(['First', 'Last']);

  // With scripts it asks first.
  page.on('dialog', (dialog) => dialog.accept());
  await page.getByRole('button', { name: 'Remove One' }).click();
  await expect(page.getByRole('link', { name: 'One', exact: true })).toBeHidden();

  await page.getByLabel('Subtitle').fill('From first to last');
  await page.getByLabel('Level').selectOption({ label: 'Advanced' });
  const saved = page.waitForResponse((response) => response.request().method() === 'POST');
  await page.getByRole('button', { name: 'Save texts' }).click();
  await saved;
  await page.goto('/teach');
  await page.getByRole('link', { name: 'Arranging things' }).click();
  await expect(page.getByLabel('Subtitle')).toHaveValue('From first to last');
});
