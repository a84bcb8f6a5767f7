// The payment sandbox, as buyers see it and as tests have it misbehave.
import { type APIRequestContext, expect, type Page } from '@playwright/test';

/** Fills in the card on the page where one pays. */
export async function payWith(page: Page, card: string): Promise<void> {
  await expect(page).toHaveURL(/\/sandbox\//);
  await page.getByLabel('Card number').fill(card);
  await page.getByRole('button', { name: /^Pay / }).click();
}

/** The course of the demo that costs something. */
export const priced = '/courses/reading-code-you-did-not-write';

/** Goes to where that course is paid, or waits to be. */
export async function buy(page: Page): Promise<void> {
  await page.goto(priced);
  await page.getByRole('button', { name: 'Buy' }).click();
  await page.getByRole('button', { name: 'Pay' }).click();
}

type Rule = { chance?: number; times?: number; millis?: number; seed?: number };

export const sandbox = {
  /** Has it do something wrong from now on. */
  async does(request: APIRequestContext, fault: string, rule: Rule): Promise<void> {
    const answer = await request.put(`/sandbox/faults/rules/${fault}`, { data: rule });
    expect(answer.ok(), await answer.text()).toBe(true);
  },
  /** Has it do nothing wrong any more. */
  async behaves(request: APIRequestContext): Promise<void> {
    expect((await request.delete('/sandbox/faults/rules')).ok()).toBe(true);
  },
};
