// What a browser that runs no script can read.
import { expect, test } from './fixtures.ts';
import * as people from './people.ts';
import { demoCourse } from './server.ts';

test('the catalogue can be read, paged and searched', async ({ page }) => {
  await page.goto('/');
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  const first = page.getByRole('main').locator('.course-card').first();
  await expect(first).toBeVisible();
  const word = ((await first.getByRole('heading').textContent()) ?? '').trim().split(' ')[0] ?? '';

  await page.getByRole('searchbox').fill(word);
  await page.getByRole('searchbox').press('Enter');
  await expect(page).toHaveURL(/\/courses\?q=/);
  await expect(page.getByRole('main').locator('.course-card').first()).toContainText(word);

  await page.getByRole('main').locator('.course-card').first().getByRole('link').first().click();
  await expect(page).toHaveURL(/\/courses\/[^/?]+$/);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
});

test('a lesson says that its video needs JavaScript, and its outline is there', async ({ page }) => {
  await people.signIn(page, people.learner);
  await page.goto(demoCourse);
  await page.getByRole('button', { name: 'Enrol' }).click();
  await page.getByRole('link', { name: 'Continue' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  // The demo's video may still be in the making.
  await expect(async () => {
    await page.reload();
    await expect(page.getByText(/needs JavaScript/)).toBeVisible({ timeout: 1000 });
  }).toPass();
  await expect(page.getByRole('navigation', { name: 'Lessons' }).getByRole('link').first()).toBeVisible();
});
