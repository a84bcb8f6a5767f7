// `site.mjs PARTS SITE HASHES`: puts the site together: the files of public/, and the bundle under names that hold a
// hash of the content, so that browsers may keep them for good. HASHES gets the hashes, as cargo-leptos writes them,
// for the server to read.
import { createHash } from 'node:crypto';
import { copyFile, cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const [parts, site, hashes] = process.argv.slice(2);
const bundle = join(site, 'pkg');
await rm(site, { recursive: true, force: true });
await mkdir(bundle, { recursive: true });
await cp('public', site, { recursive: true });

const lines = [];
for (const kind of ['js', 'wasm', 'css']) {
  const from = join(parts, `stoa.${kind}`);
  const hash = createHash('sha256').update(await readFile(from)).digest('base64url').slice(0, 22);
  await copyFile(from, join(bundle, `stoa.${hash}.${kind}`));
  lines.push(`${kind}: ${hash}\n`);
}
await writeFile(hashes, lines.join(''));
