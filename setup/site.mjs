// `site.mjs PARTS SITE HASHES`: puts the site together: the files of public/, and the bundle under names that hold a
// hash of the content, so that browsers may keep them for good. HASHES gets the hashes, as cargo-leptos writes them,
// for the server to read. The script alone knows the pieces of the WASM that are fetched later, so it gets their names.
import { createHash } from 'node:crypto';
import { copyFile, cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const [parts, site, hashes] = process.argv.slice(2);
const bundle = join(site, 'pkg');
await rm(site, { recursive: true, force: true });
await mkdir(bundle, { recursive: true });
await cp('public', site, { recursive: true });

/** Copies a part into the bundle; answers the hash that its name there holds. */
async function keep(part) {
  const from = join(parts, part);
  const hash = createHash('sha256').update(await readFile(from)).digest('base64url').slice(0, 22);
  await copyFile(from, join(bundle, hashed(part, hash)));
  return hash;
}

const hashed = (part, hash) => part.replace('.', `.${hash}.`);

let script = await readFile(join(parts, 'stoa.js'), 'utf8');
for (const part of await readdir(parts)) {
  if (!/^(split|chunk)_.*\.wasm$/.test(part)) continue;
  script = script.replaceAll(`./${part}`, `./${hashed(part, await keep(part))}`);
}
await writeFile(join(parts, 'stoa.js'), script);

const lines = [];
for (const kind of ['js', 'wasm', 'css']) lines.push(`${kind}: ${await keep(`stoa.${kind}`)}\n`);
await writeFile(hashes, lines.join(''));
