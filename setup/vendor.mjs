// Copies the browser libraries that single pages load from node_modules to public/vendor, which is not in git: their
// versions are package.json's. Each file keeps its licence beside it.
import { copyFile, mkdir, rm } from 'node:fs/promises';
import { build } from 'esbuild';

const files = [
  // Not the light build: that one cannot play sound that is a rendition of its own.
  ['hls.js/dist/hls.min.js', 'hls.min.js'],
  ['hls.js/LICENSE', 'hls.LICENSE.txt'],
  ['tus-js-client/LICENSE', 'tus.LICENSE.txt'],
];

const root = new URL('..', import.meta.url);
const vendor = new URL('public/vendor/', root);
await rm(vendor, { recursive: true, force: true });
await mkdir(vendor, { recursive: true });
for (const [from, to] of files) {
  await copyFile(new URL(`node_modules/${from}`, root), new URL(to, vendor));
}

// The library's own bundle brings what browsers have had for years; this one has what is used of it.
await build({
  stdin: { contents: "export { DefaultHttpStack, Upload } from 'tus-js-client';", resolveDir: root.pathname },
  bundle: true,
  minify: true,
  format: 'iife',
  globalName: 'tus',
  target: 'es2022',
  legalComments: 'none',
  logLevel: 'warning',
  outfile: new URL('tus.min.js', vendor).pathname,
});
