// Signs for the edge as somebody else would who holds the server's key: with AWS's own library.
import { createHash, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { getSignedCookies } from '@aws-sdk/cloudfront-signer';

export type Statement = { Resource: string; Condition: object };
export type Policy = { Statement: [Statement] };

/** The cookies, by name, that AWS's library makes of a policy with the key in this data folder. */
export async function sign(data: string, policy: Policy): Promise<Record<string, string>> {
  const key = await mediaKey(data);
  const privateKey = key.export({ type: 'pkcs8', format: 'pem' }).toString();
  return { ...getSignedCookies({ privateKey, keyPairId: keyPairId(key), policy: JSON.stringify(policy), algorithm: 'SHA256' }) };
}

/** When a policy ends, in seconds from now. */
export function until(seconds: number): object {
  return { DateLessThan: { 'AWS:EpochTime': Math.floor(Date.now() / 1000) + seconds } };
}

export function header(cookies: Record<string, string>): string {
  return Object.entries(cookies)
    .map(([name, value]) => `${name}=${value}`)
    .join('; ');
}

/** The key that the server made for itself at its first start: the only one. */
async function mediaKey(data: string): Promise<KeyObject> {
  const folder = join(data, 'media-keys');
  const [name = ''] = (await readdir(folder)).filter((name) => name.endsWith('.pem'));
  return createPrivateKey(await readFile(join(folder, name)));
}

/** Stoa names a key by its public half: `K` and 13 of 32 letters and digits, from the SHA-256 of it. */
function keyPairId(key: KeyObject): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const hash = createHash('sha256').update(createPublicKey(key).export({ type: 'spki', format: 'der' })).digest();
  return `K${[...hash.subarray(0, 13)].map((byte) => alphabet[byte % 32]).join('')}`;
}
