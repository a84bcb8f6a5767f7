// Which parts a request must carry, how they are spelt, and what wins when it carries more than it should.
import { type Case, change, either, flip, omit, rename, set, type Table, twice } from '../case.ts';

const missing: Case[] = [
  { name: 'nothing at all', expect: 'MissingKey' },
  { name: 'a session alone', headers: ['Cookie', 'stoa=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'], expect: 'MissingKey' },
  { name: 'an Authorization header alone', headers: ['Authorization', 'Bearer AAAA'], expect: 'MissingKey' },
  ...either('no key pair id', { change: [omit('keyPairId')] }, 'MissingKey'),
  ...either('an empty key pair id', { change: [set('keyPairId', '')] }, 'MissingKey'),
  ...either('canned, no key pair id', { canned: true, change: [omit('keyPairId')] }, 'MissingKey'),
  ...either('a key pair id alone', { change: [omit('policy', 'signature', 'hashAlgorithm')] }, 'closed'),
  ...either('no policy', { change: [omit('policy')] }, 'MalformedPolicy'),
  ...either('no expiry', { canned: true, change: [omit('expires')] }, 'MalformedPolicy'),
  ...either('no signature', { change: [omit('signature')] }, 'closed'),
  ...either('an empty signature', { change: [set('signature', '')] }, 'closed'),
  ...either('canned, no signature', { canned: true, change: [omit('signature')] }, 'closed'),
];

const hashes: Case[] = [
  ...either('SHA-1 by name', { key: 'rsa', hash: 'SHA1', change: [set('hashAlgorithm', 'SHA1')] }, 'opens'),
  ...either('SHA-256 without its name', { change: [omit('hashAlgorithm')] }, 'AccessDenied'),
  ...either('SHA-256 under SHA-1’s name', { change: [set('hashAlgorithm', 'SHA1')] }, 'AccessDenied'),
  ...either('SHA-1 under SHA-256’s name', { key: 'rsa', hash: 'SHA1', change: [set('hashAlgorithm', 'SHA256')] }, 'AccessDenied'),
  ...either('canned, SHA-256 without its name', { canned: true, change: [omit('hashAlgorithm')] }, 'AccessDenied'),
  ...either('SHA-256 in lower case', { change: [set('hashAlgorithm', 'sha256')] }, 'closed', { unwritten: true }),
  ...either('SHA-256 with a hyphen', { change: [set('hashAlgorithm', 'SHA-256')] }, 'closed', { unwritten: true }),
  ...either('an empty name of a hash', { change: [set('hashAlgorithm', '')] }, 'closed', { unwritten: true }),
  ...either('a hash that nobody knows', { change: [set('hashAlgorithm', 'MD5')] }, 'closed'),
];

const plain = (value: string) => value.replaceAll('-', '+').replaceAll('_', '=').replaceAll('~', '/');
const unpadded = (value: string) => value.replace(/_+$/, '');
// As long as it must be for base64 to pad it.
const padded = { resource: '**' };

const spelling: Case[] = [
  ...(['policy', 'signature'] as const).flatMap((part) => [
    ...either(`${part} in plain base64`, { policy: padded, change: [change(part, plain)] }, 'closed', { unwritten: true }),
    ...either(`${part} without padding`, { policy: padded, change: [change(part, unpadded)] }, 'closed', { unwritten: true }),
    ...either(`${part} with a character of no alphabet`, { change: [flip(part, 10, '!', '!')] }, 'closed'),
    ...either(`${part} with a blank inside`, { change: [change(part, (value) => `${value.slice(0, 9)}%20${value.slice(9)}`)] }, 'closed'),
    ...either(`${part} cut off`, { change: [change(part, (value) => value.slice(0, -4))] }, 'closed'),
  ]),
  { name: 'cookies: names in lower case', cookies: { change: [rename('keyPairId', 'key-pair-id')] }, expect: 'MissingKey' },
  { name: 'URL: names in lower case', url: { change: [rename('keyPairId', 'key-pair-id')] }, expect: 'MissingKey' },
  { name: 'URL: names of cookies', url: { change: [rename('keyPairId', 'CloudFront-Key-Pair-Id')] }, expect: 'MissingKey' },
  ...either('an expiry that is no number', { canned: true, change: [set('expires', 'tomorrow')] }, 'closed'),
  ...either('an expiry with a sign', { canned: true, change: [change('expires', (value) => `+${value}`)] }, 'closed'),
  ...either('an expiry with a fraction', { canned: true, change: [change('expires', (value) => `${value}.0`)] }, 'closed'),
  ...either('an expiry with a zero before it', { canned: true, change: [change('expires', (value) => `0${value}`)] }, 'closed', {
    unwritten: true,
  }),
  ...either('an expiry beyond every number', { canned: true, change: [set('expires', '9'.repeat(40))] }, 'closed'),
  ...either('an expiry that was moved', { canned: true, change: [change('expires', (value) => String(Number(value) + 1))] }, 'AccessDenied'),
];

const doubles: Case[] = [
  ...(['policy', 'signature', 'keyPairId', 'hashAlgorithm'] as const).flatMap((part) =>
    either(`${part} twice`, { change: [twice(part)] }, 'closed', { unwritten: true }),
  ),
  ...either('expiry twice', { canned: true, change: [twice('expires')] }, 'closed', { unwritten: true }),
  ...either('a second policy that was not signed', { change: [twice('policy', 'e30_')] }, 'closed', { unwritten: true }),
  ...either('policy and expiry: the policy counts', { change: [set('expires', '1')] }, 'opens', { unwritten: true }),
];

const sizes: Case[] = [
  ...either('a policy of many kilobytes', { change: [change('policy', (value) => value + 'A'.repeat(9_000))] }, 'closed'),
  ...either('a signature of many kilobytes', { change: [change('signature', (value) => value + 'A'.repeat(9_000))] }, 'closed'),
  ...either('a key pair id of many kilobytes', { change: [set('keyPairId', `K${'A'.repeat(9_000)}`)] }, 'closed'),
  ...either('a long query', { policy: { resource: '*' } }, 'closed', { ask: `{file}?${'x'.repeat(9_000)}` }),
];

// "If you use both … CloudFront determines whether to return the file based only on the signed URL."
const expired = { policy: { until: -60 } };
const together: Case[] = [
  { name: 'both: cookies and URL fit', cookies: {}, url: {}, expect: 'opens' },
  { name: 'both: the URL fits, the cookies have expired', cookies: expired, url: {}, expect: 'opens' },
  { name: 'both: the URL fits, the cookies are forged', cookies: { change: [flip('signature', 5)] }, url: {}, expect: 'opens' },
  { name: 'both: the URL fits, the cookies are for another folder', cookies: { policy: { resource: '{origin}/other/*' } }, url: {}, expect: 'opens' },
  { name: 'both: the cookies fit, the URL has expired', cookies: {}, url: expired, expect: 'AccessDenied' },
  { name: 'both: the cookies fit, the URL is forged', cookies: {}, url: { change: [flip('signature', 5)] }, expect: 'AccessDenied' },
  { name: 'both: the cookies fit, the URL is of another key', cookies: {}, url: { key: 'stranger' }, expect: 'InvalidKey' },
  { name: 'both: neither fits', cookies: expired, url: expired, expect: 'AccessDenied' },
  { name: 'both: canned in the URL, custom in the cookies', cookies: expired, url: { canned: true }, expect: 'opens' },
  {
    name: 'both: half of a signed URL, the other half in the cookies',
    cookies: { change: [omit('signature', 'keyPairId')] },
    url: { change: [omit('policy')] },
    expect: 'closed',
  },
];

export const carried: Table = {
  'missing parts': missing,
  'names of hashes': hashes,
  'spelling of parts': spelling,
  'parts that come twice': doubles,
  'parts that are too long': sizes,
  'cookies and a signed URL together': together,
};
