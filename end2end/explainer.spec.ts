// The page that tells a developer why the edge refuses: in a tab of its own, and nowhere near a player.
import AxeBuilder from '@axe-core/playwright';
import { expect, test } from './fixtures.ts';
import { header, type Policy, sign, until } from './signing.ts';

const film = '/media/A/1/0.m4s';

test('who opens a refused address reads which rule failed, on a phone and in the dark, too', async ({ page, server, context }) => {
  const policy: Policy = { Statement: [{ Resource: `${server.url}/media/A/2/*`, Condition: until(60) }] };
  for (const [name, value] of Object.entries(await sign(server.data, policy))) {
    await context.addCookies([{ name, value, url: server.url }]);
  }
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const width of [360, 1280]) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 800 });
      const answer = await page.goto(server.url + film);
      expect(answer?.status()).toBe(403);
      await expect(page.getByRole('heading', { level: 1 })).toHaveText('Refused (AccessDenied): the policy is for another resource.');
      await expect(page.getByText('The address goes on: 1/0.m4s')).toBeVisible();
      await expect(page.getByText('The policy goes on: 2/*')).toBeVisible();
      expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      expect(overflow, 'nothing is wider than the screen').toBeLessThanOrEqual(0);
      const styled = await page.getByRole('main').evaluate((main) => getComputedStyle(main).overflowWrap);
      expect(styled, 'its styles are allowed').toBe('anywhere');
    }
  }
});

test('players get CloudFront’s own words', async ({ request, server }) => {
  const expired = header(await sign(server.data, { Statement: [{ Resource: '*', Condition: until(-60) }] }));
  for (const accept of ['*/*', 'application/vnd.apple.mpegurl']) {
    const answer = await request.get(film, { headers: { accept, cookie: expired } });
    expect(answer.status()).toBe(403);
    expect(await answer.text()).toMatch(/^<\?xml.*<Code>AccessDenied<\/Code>/);
  }
  const told = await request.get(film, { headers: { accept: 'application/json', cookie: expired } });
  expect(await told.json()).toMatchObject({ opens: false, rule: 'expired', code: 'AccessDenied', expires: { in_seconds: expect.any(Number) } });
});
