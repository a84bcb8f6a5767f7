// Finding a scene by its picture.
import { expect, test } from './fixtures.ts';
import * as watching from './watching.ts';

test('the strip below a video shows its scenes, and goes to the one that is chosen', async ({ page }) => {
  await watching.openLesson(page);
  const strip = page.locator('.timeline');
  const slider = page.getByRole('slider', { name: 'Find a scene' });
  await expect(slider).toBeVisible();

  await test.step('its pictures are there', async () => {
    await expect(strip.locator('.timeline-strip image')).toHaveCount(12);
    const sheet = await strip.locator('image').first().getAttribute('href');
    expect((await page.request.get(sheet ?? '')).headers()['content-type']).toBe('image/jpeg');
  });

  const { width } = (await strip.boundingBox()) ?? { width: 0 };
  const length = Number(await slider.getAttribute('max'));

  await test.step('the pointer is told the moment', async () => {
    await strip.hover({ position: { x: width / 2, y: 20 } });
    const half = Math.floor(length / 2);
    const clock = (seconds: number) => `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
    await expect(strip.locator('.timeline-bubble')).toHaveText(new RegExp(`^(${clock(half)}|${clock(half + 1)}|${clock(half - 1)})$`));
  });

  await test.step('a click goes there, and so do the keys', async () => {
    await strip.click({ position: { x: width / 2, y: 20 } });
    await expect.poll(() => watching.position(page)).toBeCloseTo(length / 2, -1);
    const before = Math.floor(await watching.position(page));
    await slider.press('ArrowRight');
    await expect.poll(() => watching.position(page)).toBeCloseTo(before + 1, 0);
    await expect(slider).toHaveAttribute('aria-valuetext', / of /);
  });

  await test.step('it moves on with the film', async () => {
    const at = Number(await slider.inputValue());
    await watching.play(page);
    await expect.poll(async () => Number(await slider.inputValue()), { timeout: 20_000 }).toBeGreaterThan(at + 1);
  });
});
