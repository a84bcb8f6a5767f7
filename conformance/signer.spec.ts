// `stoa edge sign` against AWS's own library, over random policies: RSA byte by byte, since PKCS#1 v1.5 signs the same
// text in the same way every time; ECDSA, which never does, by letting each verify what the other has signed.
import { execFile } from 'node:child_process';
import { createPublicKey, verify } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { getSignedCookies, getSignedUrl } from '@aws-sdk/cloudfront-signer';
import { expect, test } from '@playwright/test';
import { canned, type Hash, type Key, newKey } from './signing.ts';

test.skip(Boolean(process.env.TARGET), 'a foreign target signs nothing');

const binary = process.env.STOA_BIN ?? resolve(import.meta.dirname, '../target/release/stoa');
const SAMPLES = 240;

test.setTimeout(120_000);
/** How many processes run at a time. */
const AT_A_TIME = 4;

type Sample = { url: string; expires: number; policy?: string; hash: Hash; how: 'cookies' | 'url' };

let folder: string;
let rsa: Key;
let ecdsa: Key;

test.beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stoa-signer-'));
  [rsa, ecdsa] = [newKey('rsa'), newKey('ecdsa')];
  for (const { id, key } of [rsa, ecdsa]) {
    await writeFile(join(folder, `${id}.pem`), key.export({ type: 'pkcs8', format: 'pem' }));
    await writeFile(join(folder, `${id}.pub`), createPublicKey(key).export({ type: 'spki', format: 'pem' }));
  }
});

test.afterAll(() => rm(folder, { recursive: true, force: true }));

test('RSA: cookies and addresses are byte for byte those of AWS’s library', async () => {
  const samples = Array.from({ length: SAMPLES }, (_, n) => sample(random(n)));
  const wanted = samples.map((one) => theirs(one, rsa));
  const made = await each(samples, (one) => ours(one, rsa));
  expect(made).toEqual(wanted);
  const kinds = new Set(samples.map(({ policy, hash, how }) => `${policy ? 'custom' : 'canned'} ${hash} ${how}`));
  expect(kinds.size, 'every kind was among them').toBe(8);
});

test('ECDSA: OpenSSL verifies what Stoa signs', async () => {
  const samples = Array.from({ length: 24 }, (_, n) => ({ ...sample(random(1000 + n)), hash: 'SHA256' as const, how: 'cookies' as const }));
  const made = await each(samples, (one) => ours(one, ecdsa));
  made.forEach((cookies, n) => {
    const one = samples[n] as Sample;
    const text = one.policy ?? canned(one.url, one.expires);
    const signature = Buffer.from(plain((cookies as Record<string, string>)['CloudFront-Signature'] ?? ''), 'base64');
    expect(verify('SHA256', Buffer.from(text), createPublicKey(ecdsa.key), signature), text).toBe(true);
  });
});

test('ECDSA: Stoa verifies what AWS’s library signs', async () => {
  const samples = Array.from({ length: 24 }, (_, n) => ({ ...sample(random(2000 + n)), how: 'cookies' as const }));
  await each(samples, async (one) => {
    const url = one.url.includes('?') ? one.url : `${one.url}?v=1`;
    const policy = JSON.stringify({ Statement: [{ Resource: url, Condition: { DateLessThan: { 'AWS:EpochTime': one.expires } } }] });
    const cookies = theirs({ ...one, policy }, ecdsa) as Record<string, string>;
    const cookie = Object.entries(cookies).map(([name, value]) => `${name}=${value}`).join('; ');
    const words = ['explain', '--url', url, '--cookie', cookie, '--public-key', join(folder, `${ecdsa.id}.pub`), '--at', String(one.expires - 1)];
    expect(await stoa(words)).toMatch(/^It opens\./);
  });
});

async function ours(one: Sample, { id }: Key): Promise<unknown> {
  const what = one.policy ? ['--policy', one.policy] : ['--url', one.url, '--expires', String(one.expires)];
  const how = one.how === 'url' ? ['--signed-url', ...(one.policy ? [one.url] : [])] : ['--json'];
  const printed = await stoa(['sign', ...what, '--key', join(folder, `${id}.pem`), '--key-pair-id', id, '--hash', one.hash.toLowerCase(), ...how]);
  return one.how === 'url' ? printed.trimEnd() : JSON.parse(printed);
}

function theirs({ url, expires, policy, hash, how }: Sample, { id, key }: Key): unknown {
  const common = { privateKey: key.export({ type: 'pkcs8', format: 'pem' }).toString(), keyPairId: id, algorithm: hash };
  const dateLessThan = new Date(expires * 1000).toISOString();
  if (how === 'url') return getSignedUrl(policy ? { ...common, url, policy } : { ...common, url, dateLessThan });
  const cookies = getSignedCookies(policy ? { ...common, policy } : { ...common, url, dateLessThan });
  // It gives the expiry as a number.
  return Object.fromEntries(Object.entries(cookies).map(([name, value]) => [name, String(value)]));
}

async function stoa(words: string[]): Promise<string> {
  const env = { PATH: process.env.PATH, STOA_DATA_DIR: folder };
  return (await promisify(execFile)(binary, ['edge', ...words], { cwd: folder, env })).stdout;
}

/** All of them, some at a time, in order. */
async function each<T, R>(items: T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (let at = 0; at < items.length; at += AT_A_TIME) results.push(...(await Promise.all(items.slice(at, at + AT_A_TIME).map(work))));
  return results;
}

type Random = { below: (limit: number) => number; word: (alphabet: string) => string };

/** Anything that a signer may be asked for: the same number makes the same sample. */
function sample({ below, word }: Random): Sample {
  const letters = 'abcxyzABCXYZ0189-_.~';
  const value = () => word(letters) + (below(3) ? '' : '%20') + (below(4) ? '' : '%C3%A4');
  const path = Array.from({ length: 1 + below(4) }, value).join('/');
  const query = Array.from({ length: below(4) }, () => `${word(letters)}=${value()}`).join('&');
  const host = ['d111111abcdef8.cloudfront.net', 'media.stoa.example', 'localhost:3000'][below(3)];
  const url = `http${below(2) ? 's' : ''}://${host}/${path}${query && '?'}${query}`;
  const expires = 1_800_000_000 + below(300_000_000);
  const condition = {
    DateLessThan: { 'AWS:EpochTime': expires },
    ...(below(2) && { DateGreaterThan: { 'AWS:EpochTime': below(1_800_000_000) } }),
    ...(below(2) && { IpAddress: { 'AWS:SourceIp': `${[below(256), below(256), below(256), below(256)].join('.')}/${below(33)}` } }),
  };
  const resource = [url, `${url.split('?')[0]}*`, `http*://${host}/*`, '*'][below(4)];
  const policy = below(3) ? JSON.stringify({ Statement: [{ Resource: resource, Condition: condition }] }) : undefined;
  return { url, expires, policy, hash: below(2) ? 'SHA256' : 'SHA1', how: below(2) ? 'url' : 'cookies' };
}

/** Numbers that look random, from a seed (mulberry32). */
function random(seed: number): Random {
  let state = seed + 1;
  const below = (limit: number) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * limit);
  };
  const word = (alphabet: string) => Array.from({ length: 1 + below(12) }, () => alphabet[below(alphabet.length)]).join('');
  return { below, word };
}

function plain(text: string): string {
  return text.replaceAll('-', '+').replaceAll('_', '=').replaceAll('~', '/');
}
