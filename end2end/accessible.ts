// What every page must be, whoever looks at it and on whatever.
import AxeBuilder from '@axe-core/playwright';
import { expect, type Page, test } from '@playwright/test';

const widths = [
  { name: 'phone', width: 390, height: 844 },
  { name: 'desktop', width: 1280, height: 800 },
];

/** Looks at what `show` shows in both themes at both widths: no accessibility violation, and no sideways scroll. */
export async function everywhere(page: Page, what: string, show: () => Promise<void>, rulesOff: string[] = []): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const { name, ...viewport } of widths) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.setViewportSize(viewport);
      await show();
      await test.step(`${what}, ${colorScheme}, ${name}`, () => isAccessible(page, rulesOff));
    }
  }
}

async function isAccessible(page: Page, rulesOff: string[]): Promise<void> {
  // What is in a sandbox runs no script, so no audit either.
  const { violations } = await new AxeBuilder({ page }).exclude('iframe[sandbox]').disableRules(rulesOff).analyze();
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' | ')}`);
  expect(found).toEqual([]);
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(overflow, 'nothing is wider than the screen').toBeLessThanOrEqual(0);
}
