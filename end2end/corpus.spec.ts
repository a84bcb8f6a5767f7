// Everything that awkward files became is what strict players accept, and plays in a browser.
import { expect } from '@playwright/test';
import { expected, names, test, watch } from './corpus.ts';
import { agreesWithItsFiles, isAligned, pictures, readTree } from './playlists.ts';

test('the corpus is there', () => {
  expect(names.length, '`make corpus` makes it').toBeGreaterThan(80);
});

for (const name of names) {
  test(name, async ({ player }) => {
    const { sizes, seconds, frame, sound, captions } = expected(name);
    const master = `${player.url}/${name}/master.m3u8`;

    const tree = await readTree(master, '');
    const declared = pictures(tree).map(({ resolution }) => [resolution?.width, resolution?.height]);
    expect(declared).toEqual(sizes);
    isAligned(tree);
    await agreesWithItsFiles(tree, '');

    const lists = [...captions, ...(sizes.length ? ['storyboard/storyboard.vtt'] : [])];
    const images = ['poster.jpg', ...(sizes.length ? ['storyboard/1.jpg'] : [])];
    const run = `(${watch.toString()})(${[master, lists, images].map((value) => JSON.stringify(value)).join()})`;
    const seen = (await player.page.evaluate(run)) as Awaited<ReturnType<typeof watch>>;
    expect(seen.errors).toEqual([]);
    expect(seen.levels.map(({ size }) => size).reverse()).toEqual(sizes.length ? sizes : [[0, 0]]);
    if (sizes.length) for (const { frames } of seen.levels) expect(frames).toBeGreaterThan(0);
    expect(seen.sound > 0, `${seen.sound} bytes of sound`).toBe(sound);
    expect(Math.abs(seen.seconds - seconds)).toBeLessThanOrEqual(frame + 0.03);
    expect(seen.end).toBeCloseTo(seen.seconds, 1);
  });
}
