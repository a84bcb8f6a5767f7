// The pages about money with something on them: accessible and as wide as the screen, in both themes at both widths.
import { everywhere } from './accessible.ts';
import { member } from './accounts.ts';
import { testOn } from './fixtures.ts';
import * as people from './people.ts';
import { Server } from './server.ts';
import { buy, payWith, priced } from './shop.ts';

/** A server of its own: what is bought here is bought for good. */
const test = testOn(() => Server.start());

test('every page about money is for everybody', async ({ page, newPerson }) => {
  test.setTimeout(300_000);
  const ada = await newPerson();
  await people.signIn(ada, people.instructor);
  await ada.goto('/teach/coupons');
  await ada.getByLabel('Code').fill('spring-20');
  await ada.getByLabel('Takes off').fill('20');
  await ada.getByRole('button', { name: 'Make coupon' }).click();
  await ada.getByText('SPRING-20').waitFor();

  const look = async (who: typeof page, path: string) => {
    await everywhere(who, path, async () => {
      await who.goto(path);
      await people.hydrated(who);
    });
  };
  await member(page);
  await page.goto(priced);
  await page.getByRole('button', { name: 'Buy' }).click();
  await page.getByLabel('Coupon').fill('spring-20');
  await page.getByRole('button', { name: 'Apply' }).click();
  await page.getByText('It takes off').waitFor();
  await look(page, '/cart');
  await page.goto('/cart');
  await page.getByRole('button', { name: 'Pay' }).click();
  await page.getByRole('link', { name: /without paying/ }).click();
  const order = new URL(page.url()).pathname;
  await look(page, order);
  await page.goto(order);
  await page.getByRole('button', { name: 'Cancel this order' }).click();
  await page.getByRole('heading', { name: 'This order was not paid' }).waitFor();
  await look(page, order);
  await buy(page);
  await payWith(page, '4242 4242 4242 4242');
  await page.getByRole('heading', { name: 'Thank you' }).waitFor();
  const paid = new URL(page.url()).pathname;
  await look(page, paid);
  await page.goto(paid);
  await page.getByText('Ask for a refund').click();
  await page.getByLabel('What went wrong?').fill('The code was all mine.');
  await page.getByRole('button', { name: 'Ask', exact: true }).click();
  await page.getByText('You asked for your money back').waitFor();
  await look(page, paid);
  await look(page, '/orders');

  for (const path of ['/teach/coupons', '/teach/sales']) await look(ada, path);
  const grace = await newPerson();
  await people.signIn(grace, people.operator);
  for (const path of ['/operate/orders', '/operate/orders?state=refund-asked', `/operate${paid}`, '/operate/payments', '/operate/books']) await look(grace, path);
});
