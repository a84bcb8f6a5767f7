// Copies the browser libraries that the player page loads from node_modules to public/vendor, which is not in git:
// their versions are package.json's. Each file keeps its licence beside it.
import { copyFile, mkdir, rm } from 'node:fs/promises';

const files = [
  // Not the light build: that one cannot play sound that is a rendition of its own.
  ['hls.js/dist/hls.min.js', 'hls.min.js'],
  ['hls.js/LICENSE', 'hls.LICENSE.txt'],
];

const root = new URL('..', import.meta.url);
const vendor = new URL('public/vendor/', root);
await rm(vendor, { recursive: true, force: true });
await mkdir(vendor, { recursive: true });
for (const [from, to] of files) {
  await copyFile(new URL(`node_modules/${from}`, root), new URL(to, vendor));
}
