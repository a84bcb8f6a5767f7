// Mail as its readers see it: at /dev/mail, where the site shows what it has sent.
import { expect, type Page } from '@playwright/test';

/** The link in the newest mail to an address that has this subject. Waits for it: mail leaves in its own time. */
export async function linkFrom(page: Page, to: string, subject: string): Promise<string> {
  const mailbox = await page.context().newPage();
  const mail = mailbox.getByRole('listitem').filter({ hasText: `${subject} to ${to}` });
  await expect(async () => {
    await mailbox.goto('/dev/mail');
    await expect(mail.first()).toBeVisible({ timeout: 100 });
  }).toPass({ timeout: 20_000 });
  await mail.first().getByRole('link').click();
  const address = await mailbox.getByRole('heading', { name: 'Links in it' }).locator('xpath=following-sibling::ul[1]//a').first().getAttribute('href');
  await mailbox.close();
  return address ?? '';
}
