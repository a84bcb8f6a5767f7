// Code that is fetched when it is needed: who does not teach gets none of what only instructors use.
import type { Page } from '@playwright/test';
import { expect, test } from './fixtures.ts';
import * as people from './people.ts';
import { demoCourse } from './server.ts';

test('a visitor of the catalogue and of a course fetches the bundle and no other code', async ({ page }) => {
  await page.goto('/courses');
  await people.hydrated(page);
  expect(await fetchedCode(page)).toEqual(['stoa']);
  await page.goto(demoCourse);
  await people.hydrated(page);
  expect(await fetchedCode(page)).toEqual(['stoa']);
});

test('all that a visitor of the catalogue fetches is less than 300 kB', async ({ page }) => {
  await page.goto('/courses');
  await people.hydrated(page);
  const bytes = await page.evaluate(() => {
    const loaded = ['navigation', 'resource'].flatMap((type) => performance.getEntriesByType(type));
    return (loaded as PerformanceResourceTiming[]).reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0);
  });
  expect(bytes).toBeGreaterThan(100_000);
  expect(bytes).toBeLessThan(300_000);
});

test("an instructor's pages bring their code, whether by a link or by their address", async ({ page }) => {
  await people.signIn(page, people.instructor);
  await people.hydrated(page);
  const before = await page.evaluate(() => performance.timeOrigin);
  await page.getByRole('link', { name: 'Teach', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'Your courses' })).toBeVisible();
  await expect(page).toHaveURL('/teach');
  expect(await page.evaluate(() => performance.timeOrigin), 'the page was not loaded anew').toBe(before);
  expect(await fetchedCode(page)).toContain('split_teaching');

  await page.reload();
  await people.hydrated(page);
  expect(await fetchedCode(page)).toContain('split_teaching');
});

test.describe('where that code cannot be had', () => {
  // Its absence is a message on the console, which is as it should be.
  test('links lead to pages that work as plain HTML', async ({ browser, server }) => {
    const context = await browser.newContext({ baseURL: server.url });
    const page = await context.newPage();
    await people.signIn(page, people.instructor);
    await people.hydrated(page);
    await page.route(/split_.*\.wasm$/, (route) => route.abort());
    await page.getByRole('link', { name: 'Teach', exact: true }).click();
    await expect(page).toHaveURL('/teach');
    await people.createCourse(page, 'Made without code');
    await expect(page.locator('html[data-hydrated]')).not.toBeAttached();

    await page.getByRole('link', { name: 'Courses', exact: true }).click();
    await expect(page).toHaveURL('/courses');
    await people.hydrated(page);
    await page.unroute(/split_.*\.wasm$/);
    await page.getByRole('link', { name: 'Teach', exact: true }).click();
    await expect(page.getByRole('link', { name: 'Made without code' })).toBeVisible();
    await context.close();
  });
});

/** The files of WebAssembly that the page has fetched, without the hashes in their names. */
async function fetchedCode(page: Page): Promise<string[]> {
  const addresses = await page.evaluate(() => performance.getEntriesByType('resource').map(({ name }) => name));
  return addresses.flatMap((address) => /\/pkg\/(\w+)\.[^/]*wasm$/.exec(address)?.[1] ?? []);
}
