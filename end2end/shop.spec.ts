// Buying and selling, in a browser that runs scripts and in one that does not: with a coupon, with cards that are declined,
// while the payment service is down.
import { expect } from '@playwright/test';
import { member, submit } from './accounts.ts';
import { testOn } from './fixtures.ts';
import { linkFrom, mailTo } from './mailbox.ts';
import * as people from './people.ts';
import { demoCourse, Server } from './server.ts';
import { buy, payWith, priced, sandbox } from './shop.ts';

/** A server of its own: what is bought here is bought for good. */
const test = testOn(() => Server.start());

test.beforeEach(async ({ request }) => sandbox.behaves(request));

test('an instructor makes a coupon, a learner buys with it, and both see it in their books', async ({ page, newPerson }) => {
  const ada = await newPerson();
  await people.signIn(ada, people.instructor);
  await ada.goto('/teach/coupons');
  await ada.getByLabel('Code').fill('spring-20');
  await ada.getByLabel('Takes off').fill('20');
  await ada.getByRole('button', { name: 'Make coupon' }).click();
  await expect(ada.getByText('SPRING-20')).toBeVisible();
  await expect(ada.getByText('20% off')).toBeVisible();

  const email = await member(page);
  await page.goto(priced);
  await page.getByRole('button', { name: 'Buy' }).click();
  await expect(page).toHaveURL(/\/cart$/);
  await page.getByLabel('Coupon').fill('WINTER');
  await page.getByRole('button', { name: 'Apply' }).click();
  await expect(page.getByText('There is no such coupon for these courses.')).toBeVisible();
  await page.getByLabel('Coupon').fill(' Spring-20 ');
  await page.getByRole('button', { name: 'Apply' }).click();
  await expect(page.getByText('It takes off $9.80.')).toBeVisible();
  await expect(page.getByText('$39.20', { exact: true })).toBeVisible();
  await page.getByRole('button', { name: 'Pay' }).click();

  await payWith(page, '4242 4242 4242 4242');
  const paid = Date.now();
  await expect(page.getByRole('heading', { name: 'Thank you' })).toBeVisible({ timeout: 2_000 });
  expect(Date.now() - paid, 'the course is there within two seconds').toBeLessThan(2_000);
  await page.getByRole('link', { name: 'Reading code you did not write' }).click();
  await expect(page.getByRole('link', { name: 'Continue' })).toBeVisible();
  await page.goto('/orders');
  await expect(page.getByRole('listitem').filter({ hasText: '$39.20' }).first()).toContainText('Paid');
  expect(await linkFrom(page, email, 'Your receipt for')).toContain('/orders/');

  await ada.goto('/teach/sales');
  await expect(ada.getByRole('region', { name: 'In USD' })).toContainText('$39.20');
  await expect(ada.getByRole('listitem').filter({ hasText: 'SPRING-20' })).toContainText('1 sold');
  const [file] = await Promise.all([ada.waitForEvent('download'), ada.getByRole('link', { name: 'Export as CSV' }).click()]);
  expect(file.suggestedFilename()).toBe('sales.csv');
});

test('a declined card says why, and another one pays; a bank that asks is answered', async ({ page }) => {
  await member(page);
  await buy(page);
  await payWith(page, '4000 0000 0000 0002');
  await expect(page.getByRole('alert')).toContainText('declined');
  await payWith(page, '4000 0000 0000 9995');
  await expect(page.getByRole('alert')).toContainText('insufficient funds');
  await payWith(page, '4000 0025 0000 3155');
  await expect(page.getByRole('heading', { name: 'Confirm your payment' })).toBeVisible();
  await page.getByRole('button', { name: 'No, refuse' }).click();
  await expect(page.getByRole('alert')).toContainText('Nothing was paid');
  await payWith(page, '4000 0025 0000 3155');
  await page.getByRole('button', { name: 'Yes, confirm' }).click();
  await expect(page.getByRole('heading', { name: 'Thank you' })).toBeVisible();
});

test('while the payment service is down an order is kept, and its link comes by mail', async ({ page, request }) => {
  test.setTimeout(180_000);
  const email = await member(page);
  await sandbox.does(request, 'outage', { chance: 1 });
  await buy(page);
  await expect(page.getByRole('heading', { name: 'Payment opens shortly' })).toBeVisible();
  await expect(page.getByText('nothing was charged')).toBeVisible();
  // Whoever learns is not bothered.
  expect((await request.get('/courses')).status()).toBe(200);

  await sandbox.behaves(request);
  const link = await linkFrom(page, email, 'Your order can be paid now');
  await page.goto(link);
  await page.getByRole('link', { name: /^Pay \$49/ }).click();
  await payWith(page, '4242 4242 4242 4242');
  await expect(page.getByRole('heading', { name: 'Thank you' })).toBeVisible();
});

test('a purchase completes although every webhook is lost', async ({ page, request }) => {
  await member(page);
  await sandbox.does(request, 'drop', { chance: 1 });
  await buy(page);
  await payWith(page, '4242 4242 4242 4242');
  await expect(page.getByRole('heading', { name: 'Thank you' })).toBeVisible();
});

test('an order that nobody wants to pay is given up, and can be made anew', async ({ page }) => {
  await member(page);
  await buy(page);
  await page.getByRole('link', { name: /without paying/ }).click();
  await expect(page.getByRole('heading', { name: 'One step left: the payment' })).toBeVisible();
  await page.getByRole('button', { name: 'Cancel this order' }).click();
  await expect(page.getByRole('heading', { name: 'This order was not paid' })).toBeVisible();
  await buy(page);
  await payWith(page, '4242 4242 4242 4242');
  await expect(page.getByRole('heading', { name: 'Thank you' })).toBeVisible();
});

test('who asks for their money has an answer; for one course of two it comes back', async ({ page, newPerson }) => {
  const ada = await newPerson();
  await people.signIn(ada, people.instructor);
  await people.sellFor(ada, 'Making of Big Buck Bunny', '9,90');

  const email = await member(page);
  await page.goto(demoCourse);
  await page.getByRole('button', { name: 'Buy' }).click();
  await expect(page).toHaveURL(/\/cart$/);
  await buy(page);
  await payWith(page, '4242 4242 4242 4242');
  await expect(page.getByRole('heading', { name: 'Thank you' })).toBeVisible();
  await page.getByText('Ask for a refund').click();
  await page.getByLabel('What went wrong?').fill('Too many rabbits.');
  await page.getByRole('button', { name: 'Ask', exact: true }).click();
  await expect(page.getByText('You asked for your money back')).toBeVisible();
  const order = page.url();

  const grace = await newPerson();
  grace.on('dialog', (dialog) => dialog.accept());
  await people.signIn(grace, people.operator);
  await grace.goto('/operate/orders');
  await grace.getByRole('link', { name: 'Refund asked' }).click();
  await grace.getByRole('listitem').filter({ hasText: email }).getByRole('link').click();
  const asked = grace.getByRole('region', { name: 'Refund asked' });
  await expect(asked).toContainText('Too many rabbits.');
  await asked.locator('summary').click();
  await asked.getByLabel('What the buyer is told').fill('All of them are in the film.');
  await submit(grace, 'Decline');
  await expect(asked).toHaveCount(0);
  await page.goto(order);
  await expect(page.getByRole('region', { name: 'Your refund' })).toContainText('All of them are in the film.');
  expect((await mailTo(page, email, 'You asked for your money back')).text).toContain('All of them are in the film.');
  await grace.goto('/operate/orders?state=refund-asked');
  await expect(grace.getByText('No order stands like this.')).toBeVisible();

  await grace.goto(`/operate/orders/${new URL(order).pathname.split('/').at(-1)}`);
  await grace.getByLabel('Making of Big Buck Bunny').check();
  await grace.getByLabel('Why').fill('They are right.');
  await submit(grace, 'Refund');
  await expect(grace.getByText('Partly refunded', { exact: true })).toBeVisible();
  await page.goto('/orders');
  await expect(page.getByText('−$9.90 refunded')).toBeVisible();
  await page.goto(demoCourse);
  await expect(page.getByRole('button', { name: 'Buy' }), 'the course is gone with its money').toBeVisible();
  await page.goto(priced);
  await expect(page.getByRole('link', { name: 'Continue' })).toBeVisible();
});
