// `precompress.mjs FOLDER`: a .br and a .gz beside every text file of the site, at the highest quality, so that the
// server only picks one. Files that do not get smaller, and those of less than 1 kB, get none.
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

const compressible = /\.(css|html|js|json|mjs|svg|txt|wasm|webmanifest|xml)$/;
const smallest = 1024;

const encodings = {
  br: (bytes) =>
    promisify(brotliCompress)(bytes, {
      params: {
        [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
        [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
        [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
      },
    }),
  gz: (bytes) => promisify(gzip)(bytes, { level: constants.Z_BEST_COMPRESSION }),
};

const folder = process.argv[2];
const entries = await readdir(folder, { recursive: true, withFileTypes: true });
const paths = entries
  .filter((entry) => entry.isFile() && compressible.test(entry.name))
  .map((entry) => join(entry.parentPath ?? entry.path, entry.name));

await Promise.all(
  paths.map(async (path) => {
    const bytes = await readFile(path);
    if (bytes.length < smallest) return;
    for (const [extension, encode] of Object.entries(encodings)) {
      const encoded = await encode(bytes);
      if (encoded.length < bytes.length) await writeFile(`${path}.${extension}`, encoded);
    }
  }),
);
