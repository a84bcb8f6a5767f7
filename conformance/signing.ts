// Signs as somebody else would. No line of the server is used: OpenSSL (by node:crypto) signs any text at all, also
// what no signer would make, and AWS's own library signs the ordinary policies.
import { createHash, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { getSignedCookies, getSignedUrl } from '@aws-sdk/cloudfront-signer';

export type Hash = 'SHA1' | 'SHA256';
export type Key = { id: string; key: KeyObject };

/** What a request carries, whether in cookies or in its address. */
export const parts = ['policy', 'expires', 'signature', 'keyPairId', 'hashAlgorithm'] as const;
export type Part = (typeof parts)[number];
export type Signed = Partial<Record<Part, string>>;

/** The name of each part in the query of a signed URL; as a cookie it has `CloudFront-` before it. */
export const names: Record<Part, string> = {
  policy: 'Policy',
  expires: 'Expires',
  signature: 'Signature',
  keyPairId: 'Key-Pair-Id',
  hashAlgorithm: 'Hash-Algorithm',
};

/** CloudFront's base64: `+`, `=` and `/` are written `-`, `_` and `~`. */
export function encode(bytes: Buffer | string): string {
  return Buffer.from(bytes).toString('base64').replaceAll('+', '-').replaceAll('=', '_').replaceAll('/', '~');
}

/** The text that a canned policy stands for: it is signed, and never sent. */
export function canned(resource: string, expires: number): string {
  return `{"Statement":[{"Resource":"${resource}","Condition":{"DateLessThan":{"AWS:EpochTime":${expires}}}}]}`;
}

/** Signs a text with OpenSSL; `sent` is what goes along, the policy or its expiry. */
export function signText(text: string, { id, key }: Key, hash: Hash, sent: Signed): Signed {
  const signature = encode(sign(hash, Buffer.from(text), key));
  return { ...sent, signature, keyPairId: id, ...(hash === 'SHA256' && { hashAlgorithm: hash }) };
}

/** The cookies that AWS's library makes of a policy. */
export function awsCookies(policy: string, key: Key, algorithm: Hash): Signed {
  const cookies: Record<string, unknown> = { ...getSignedCookies({ ...pem(key), policy, algorithm }) };
  return collect((part) => cookies[`CloudFront-${names[part]}`]);
}

/** The parameters that AWS's library adds to a URL. */
export function awsUrl(url: string, policy: string, key: Key, algorithm: Hash): Signed {
  const { searchParams } = new URL(getSignedUrl({ ...pem(key), url, policy, algorithm }));
  return collect((part) => searchParams.get(names[part]));
}

/** A key of the server's own kind, or of the other that CloudFront takes. */
export function newKey(kind: 'rsa' | 'ecdsa'): Key {
  const { privateKey } =
    kind === 'rsa' ? generateKeyPairSync('rsa', { modulusLength: 2048 }) : generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { id: keyPairId(privateKey), key: privateKey };
}

/** Stoa names a key by its public half: `K` and 13 of 32 letters and digits, from the SHA-256 of it. */
export function keyPairId(key: KeyObject): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const hash = createHash('sha256').update(createPublicKey(key).export({ type: 'spki', format: 'der' })).digest();
  return `K${[...hash.subarray(0, 13)].map((byte) => alphabet[byte % 32]).join('')}`;
}

function pem({ id, key }: Key): { keyPairId: string; privateKey: string } {
  return { keyPairId: id, privateKey: key.export({ type: 'pkcs8', format: 'pem' }).toString() };
}

function collect(value: (part: Part) => unknown): Signed {
  const found = parts.map((part) => [part, value(part)]).filter(([, text]) => text !== undefined && text !== null);
  return Object.fromEntries(found.map(([part, text]) => [part, String(text)]));
}
