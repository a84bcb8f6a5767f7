// Mails, and the pages that show them to developers.
import { everywhere } from './accessible.ts';
import { expect, test } from './fixtures.ts';
import { mailTo } from './mailbox.ts';
import * as people from './people.ts';

test('the mailbox, a mail that was sent and every sample are accessible in both themes at both widths', async ({ browser, baseURL }) => {
  test.setTimeout(300_000);
  // Their policy lets an audit, which tries colours out, change no style.
  const context = await browser.newContext({ bypassCSP: true, ...(baseURL ? { baseURL } : {}) });
  const page = await context.newPage();
  await mailTo(page, people.instructor.email, 'Your video is ready');
  await page.goto('/dev/mail');
  const links = await page.getByRole('main').getByRole('link').all();
  const addresses = await Promise.all(links.map(async (link) => (await link.getAttribute('href')) ?? ''));
  const samples = addresses.filter((address) => address.startsWith('/dev/mail/samples/'));
  expect(samples.length, 'every mail has a sample').toBeGreaterThan(15);
  const sent = addresses.find((address) => address.startsWith('/dev/mail/sent/')) ?? '';

  for (const address of ['/dev/mail', sent]) {
    await everywhere(page, address, async () => {
      await page.goto(address);
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    });
  }
  for (const address of samples) {
    const html = await (await page.request.get(`${address}/html`)).text();
    const show = async () => {
      // Not at its address: there it runs no script, so no audit either.
      await page.setContent(html);
      await expect(page.getByRole('article')).toBeVisible();
    };
    // A mail is part of the page of whatever program shows it.
    await everywhere(page, address, show, ['landmark-one-main', 'region']);
  }
  await context.close();
});
