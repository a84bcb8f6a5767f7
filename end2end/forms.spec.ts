// The same forms twice: in a browser that runs scripts and in one that does not.
import { expect, test } from './fixtures.ts';
import * as people from './people.ts';

test('a learner signs in, enrols, reviews and signs out', async ({ page, newPerson }) => {
  const teacher = await newPerson();
  await people.signIn(teacher, people.instructor);
  await people.createCourse(teacher, 'Plain reading');
  await people.addSection(teacher, 'First steps');
  await people.addLesson(teacher, 'A page');
  const course = await people.publish(teacher);

  await people.signIn(page, people.learner);
  await page.goto(course);
  await page.getByRole('button', { name: 'Enrol' }).click();
  await expect(page.getByRole('link', { name: /^(Start|Continue)/ })).toBeVisible();

  await page.goto('/learning');
  await expect(page.getByRole('link', { name: 'Plain reading', exact: true })).toBeVisible();

  await page.goto(course);
  await page.getByRole('radio', { name: /4/ }).check();
  await page.getByLabel('Your review').fill('Clear and calm.');
  await page.getByRole('button', { name: /review/i }).click();
  await expect(page.getByText('Clear and calm.')).toBeVisible();

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
  await expect(page.getByRole('heading', { level: 2, name: /^(First|Second)$/ }).first()).toHaveText('First');

  page.on('dialog', (dialog) => dialog.accept());
  await page.getByRole('button', { name: 'Remove One' }).click();
  await expect(page.getByRole('link', { name: 'One' })).toBeHidden();
});
