// Mail as its readers see it: at /dev/mail, where the site shows what it has sent.
import { expect, type Page } from '@playwright/test';

export type Mail = {
  /** Every link of the text, from top to bottom. */
  links: string[];
  text: string;
  /** What mail programs call for a reader who wants no more such mails (RFC 8058). */
  unsubscribe?: string;
};

/** The newest mail to an address that has this subject, or begins with it. Waits: mail leaves in its own time. */
export async function mailTo(page: Page, to: string, subject: string): Promise<Mail> {
  const mailbox = await page.context().newPage();
  const mail = mailbox.getByRole('listitem').filter({ hasText: subject }).filter({ hasText: ` to ${to}` });
  await expect(async () => {
    await mailbox.goto('/dev/mail');
    await expect(mail.first()).toBeVisible({ timeout: 100 });
  }).toPass({ timeout: 20_000 });
  await mail.first().getByRole('link').click();
  const text = await mailbox.locator('pre').innerText();
  const headings = mailbox.getByRole('heading', { name: 'Links in it' });
  const links = await headings.locator('xpath=following-sibling::ul[1]//a').allInnerTexts();
  const unsubscribe = mailbox.locator('dt', { hasText: 'List-Unsubscribe' }).locator('xpath=following-sibling::dd[1]');
  const found = { links, text, ...((await unsubscribe.count()) ? { unsubscribe: await unsubscribe.innerText() } : {}) };
  await mailbox.close();
  return found;
}

/** The first link in the newest mail to an address that has this subject. */
export async function linkFrom(page: Page, to: string, subject: string): Promise<string> {
  return (await mailTo(page, to, subject)).links[0] ?? '';
}
