// The README's pictures: `make screenshots`. Not a test, so it runs only when it is asked for.
import { resolve } from 'node:path';
import { test } from './fixtures.ts';
import * as people from './people.ts';

const images = resolve(import.meta.dirname, '../docs/images');

test.skip(!process.env.SCREENSHOTS, 'pictures are made by `make screenshots`');

test('pictures for the README', async ({ page, newPerson, server }) => {
  test.setTimeout(300_000);
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.goto('/');
  await page.screenshot({ path: `${images}/catalogue.png` });

  await people.signIn(page, people.learner);
  const phone = await newPerson();
  await phone.setViewportSize({ width: 390, height: 844 });
  await phone.emulateMedia({ colorScheme: 'dark' });
  await phone.goto(server.url);
  await phone.screenshot({ path: `${images}/phone.png` });
});
