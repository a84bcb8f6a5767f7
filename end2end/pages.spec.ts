// Every page: silent, accessible in both themes at both widths, with the right status, usable before WASM.
import { everywhere } from './accessible.ts';
import { expect, test } from './fixtures.ts';
import { addressesFor, everyone } from './addresses.ts';
import * as people from './people.ts';

for (const who of everyone) {
  test(`no page that ${who} sees has an accessibility violation, a console message or a sideways scroll`, async ({
    page,
    server,
  }) => {
    test.setTimeout(300_000);
    for (const address of await addressesFor(page, who)) {
      await everywhere(page, address, async () => {
        await page.goto(server.url + address);
        await people.hydrated(page);
      });
    }
  });
}

test.describe('what is not there', () => {
  for (const address of ['/no-such-page', '/courses/no-such-course']) {
    test(`${address} answers 404 with a page`, async ({ request }) => {
      const response = await request.get(address, { maxRedirects: 0 });
      expect(response.status()).toBe(404);
      expect(await response.text()).toContain('<h1');
    });
  }

  test("somebody else's dashboard answers 403 with a page", async ({ page, newPerson }) => {
    await people.signIn(page, people.instructor);
    await people.createCourse(page, 'Mine alone');
    const editor = page.url();
    const other = await newPerson();
    await people.signIn(other, people.learner);
    const answer = await other.request.get(editor, { maxRedirects: 0 });
    expect([403, 404]).toContain(answer.status());
    expect(await answer.text()).toContain('<h1');
  });
});

test.describe('before WASM arrives', () => {
  test('links, search and sign-in work', async ({ browser, server }) => {
    const context = await browser.newContext({ baseURL: server.url });
    const page = await context.newPage();
    // Never answered: the page is as it is while the bundle is on its way.
    await page.route(/\.wasm$/, () => {});
    await page.goto('/');
    await page.getByRole('main').locator('.course-card').first().getByRole('link').first().click();
    await expect(page).toHaveURL(/\/courses\/[^/?]+$/);

    await page.goto('/');
    await page.getByRole('searchbox').fill('zebra crossing');
    await page.getByRole('searchbox').press('Enter');
    await expect(page).toHaveURL(/\/courses\?q=zebra/);

    await people.signIn(page, people.learner);
    await context.close();
  });

  test('the bundle is asked for after the first paint', async ({ page }) => {
    await page.goto('/');
    await people.hydrated(page);
    const { paint, bundle } = await page.evaluate(() => {
      const name = (entry: PerformanceEntry) => entry.name === 'first-contentful-paint';
      const resources = performance.getEntriesByType('resource');
      return {
        paint: performance.getEntriesByType('paint').find(name)?.startTime ?? Infinity,
        bundle: resources.find((entry) => entry.name.endsWith('.wasm'))?.startTime ?? -1,
      };
    });
    expect(bundle).toBeGreaterThanOrEqual(paint);
  });
});
