// Money that is given back, and what goes with it.
import { expect } from '@playwright/test';
import { member } from './accounts.ts';
import { testOn } from './fixtures.ts';
import * as people from './people.ts';
import { demoCourse, Server } from './server.ts';
import { payWith } from './shop.ts';
import { goesOn, play } from './watching.ts';

/** A server of its own: the demo's film is sold there, and what plays is asked about often. */
const test = testOn(() => Server.start({ settings: { STOA_PLAYBACK__COOKIE_SECONDS: '5' } }));

test('a refund takes the course away, also where it plays', async ({ page, newPerson }) => {
  test.setTimeout(120_000);
  const ada = await newPerson();
  await people.signIn(ada, people.instructor);
  await people.sellFor(ada, 'Making of Big Buck Bunny', '9,90');
  await expect(ada.getByText('Saved')).toBeVisible();

  await member(page);
  await page.goto(demoCourse);
  await page.getByRole('button', { name: 'Buy' }).click();
  await page.getByRole('button', { name: 'Pay' }).click();
  await payWith(page, '4242 4242 4242 4242');
  await expect(page.getByRole('heading', { name: 'Thank you' })).toBeVisible();
  const order = page.url();
  await page.getByText('Ask for a refund').click();
  await page.getByLabel('What went wrong?').fill('Too many rabbits.');
  await page.getByRole('button', { name: 'Ask', exact: true }).click();
  await expect(page.getByText('You asked for your money back')).toBeVisible();
  await people.enrolAndGoOn(page, demoCourse);
  await play(page);
  await goesOn(page);

  const grace = await newPerson();
  await people.signIn(grace, people.operator);
  await grace.goto(`/operate/orders/${new URL(order).pathname.split('/').at(-1)}`);
  await expect(grace.getByRole('region', { name: 'Refund asked' })).toContainText('Too many rabbits.');
  await people.hydrated(grace);
  grace.on('dialog', (dialog) => dialog.accept());
  await grace.getByLabel('Why').fill('As asked.');
  await grace.getByRole('button', { name: 'Refund' }).click();
  await expect(grace.getByText('Refunded', { exact: true }).first()).toBeVisible();

  await expect(page.getByText('This lesson is not open to you any more.')).toBeVisible({ timeout: 60_000 });
  await page.goto(order);
  await expect(page.getByRole('heading', { name: 'Your money is on its way back' })).toBeVisible();
  await grace.goto('/operate/books');
  await expect(grace.getByText('None: both books say the same.')).toBeVisible();
});
