// Sources that are not films: each must still come out as a proper stream.
import { clip } from './films.ts';
import { expect, test } from './fixtures.ts';
import * as people from './people.ts';
import { agreesWithItsFiles, isAligned, pictures, readTree } from './playlists.ts';

const sources = [
  { name: 'surround sound at 29.97 frames a second', size: '1280x720', rate: '30000/1001', channels: 6, heights: [720, 480, 360] },
  { name: 'a silent portrait recording', size: '480x854', rate: '30', channels: 0, heights: [854, 640] },
  { name: 'a small and odd-sized recording', size: '322x242', rate: '15', channels: 1, heights: [242] },
] as const;

for (const { name, heights, ...source } of sources) {
  test(`${name} becomes a stream that strict players accept`, async ({ page, newPerson }) => {
    test.setTimeout(240_000);
    await people.signIn(page, people.instructor);
    const course = await people.publishVideo(page, name, await clip(source));

    const watcher = await newPerson();
    await people.signIn(watcher, people.learner);
    const playlist = watcher.waitForRequest(/\/media\/.*master\.m3u8$/);
    await people.enrolAndOpen(watcher, course);
    const url = (await playlist).url();
    const cookie = await people.mediaCookies(watcher.context());

    const tree = await readTree(url, cookie);
    expect(pictures(tree).map((variant) => variant.resolution?.height), 'it is never upscaled').toEqual(heights);
    isAligned(tree);
    await agreesWithItsFiles(tree, cookie);
  });
}
