// What may not be changed, borrowed or guessed: genuine parts that somebody has touched, policies that were signed but
// say something impossible, and addresses beside the one that is open.
import { type Case, change, either, flip, set, type Table } from '../case.ts';
import { encode } from '../signing.ts';

// A policy begins with `{"Statement":[{"Resource":"`: 27 bytes, 36 characters.
const address = 40;
const tampering: Case[] = [
  ...either('the policy’s first character', { change: [flip('policy', 0)] }, 'AccessDenied'),
  ...either('a character of the policy’s address', { change: [flip('policy', address)] }, 'AccessDenied'),
  ...either('a digit of the policy’s end', { change: [flip('policy', -20)] }, 'AccessDenied'),
  ...either('the policy’s last character', { change: [flip('policy', -1)] }, 'closed'),
  ...either('the signature’s first character', { change: [flip('signature', 0)] }, 'AccessDenied'),
  ...either('a character within the signature', { change: [flip('signature', 50)] }, 'AccessDenied'),
  ...either('- in the signature', { change: [flip('signature', 51, '-', '~')] }, 'AccessDenied'),
  ...either('~ in the signature', { change: [flip('signature', 52, '~', '-')] }, 'AccessDenied'),
  ...either('padding within the signature', { change: [flip('signature', 53, '_', '_')] }, 'closed'),
  ...either('the signature’s case', { change: [change('signature', (value) => value.toLowerCase())] }, 'closed'),
  ...either('the signature backwards', { change: [change('signature', (value) => [...value].reverse().join(''))] }, 'closed'),
  ...either('more after the signature', { change: [change('signature', (value) => `${value}AAAA`)] }, 'closed'),
  ...either('zeros for a signature', { change: [set('signature', encode(Buffer.alloc(256)))] }, 'AccessDenied'),
  ...either('one byte for a signature', { change: [set('signature', encode('x'))] }, 'AccessDenied'),
  ...either('a wider policy under the same signature', { change: [set('policy', encode('{"Statement":[{"Resource":"*"}]}'))] }, 'closed'),
  ...either('the first character of the key pair id', { change: [flip('keyPairId', 0)] }, 'InvalidKey'),
  ...either('the last character of the key pair id', { change: [flip('keyPairId', -1)] }, 'InvalidKey'),
  ...either('the key pair id in lower case', { change: [change('keyPairId', (value) => value.toLowerCase())] }, 'InvalidKey'),
  ...either('more after the key pair id', { change: [change('keyPairId', (value) => `${value}A`)] }, 'InvalidKey'),
  ...either('* for a key pair id', { change: [set('keyPairId', '*')] }, 'InvalidKey'),
  ...either('a path for a key pair id', { change: [set('keyPairId', '../../etc/passwd')] }, 'InvalidKey'),
  ...either('a stranger’s key under its own id', { key: 'stranger' }, 'InvalidKey'),
  ...either('a stranger’s key under a trusted id', { key: 'impostor' }, 'AccessDenied'),
  ...either('one trusted key under another’s id', { key: 'mistaken' }, 'AccessDenied'),
];

const open = '"Resource":"{origin}{folder}/*"';
const ends = '"DateLessThan":{"AWS:EpochTime":{+60}}';
const statement = `{${open},"Condition":{${ends}}}`;
const one = (inside: string) => `{"Statement":[${inside}]}`;

const documents: Case[] = [
  ...either('a policy written by hand', { policy: one(statement) }, 'opens'),
  ...either('no JSON', { policy: 'open sesame' }, 'MalformedPolicy'),
  ...either('JSON that is cut off', { policy: one(statement).slice(0, -3) }, 'MalformedPolicy'),
  ...either('something after the JSON', { policy: `${one(statement)} and more` }, 'MalformedPolicy'),
  ...either('an empty object', { policy: '{}' }, 'MalformedPolicy'),
  ...either('an array', { policy: `[${one(statement)}]` }, 'MalformedPolicy'),
  ...either('null', { policy: 'null' }, 'MalformedPolicy'),
  ...either('no statement', { policy: one('') }, 'MalformedPolicy'),
  ...either('two statements', { policy: one(`${statement},${statement}`) }, 'MalformedPolicy', { unwritten: true }),
  ...either('a statement without its array', { policy: `{"Statement":${statement}}` }, 'MalformedPolicy'),
  ...either('no condition', { policy: one(`{${open}}`) }, 'MalformedPolicy'),
  ...either('a condition without an end', { policy: one(`{${open},"Condition":{}}`) }, 'MalformedPolicy'),
  ...either('a beginning but no end', { policy: { until: undefined, from: -60 } }, 'MalformedPolicy'),
  ...either('an end that is text', { policy: one(`{${open},"Condition":{"DateLessThan":{"AWS:EpochTime":"{+60}"}}}`) }, 'MalformedPolicy', {
    unwritten: true,
  }),
  ...either('an end that is no number', { policy: one(`{${open},"Condition":{"DateLessThan":{"AWS:EpochTime":"soon"}}}`) }, 'MalformedPolicy'),
  ...either('an end before 1970', { policy: one(`{${open},"Condition":{"DateLessThan":{"AWS:EpochTime":-1}}}`) }, 'closed'),
  ...either('an end of null', { policy: one(`{${open},"Condition":{"DateLessThan":null}}`) }, 'MalformedPolicy'),
  ...either('a condition that nobody knows', { policy: one(`{${open},"Condition":{${ends},"Weather":{"Is":"fine"}}}`) }, 'MalformedPolicy', {
    unwritten: true,
  }),
  ...either('two ends', { policy: one(`{${open},"Condition":{"DateLessThan":{"AWS:EpochTime":1},${ends}}}`) }, 'closed', { unwritten: true }),
  ...either('two resources', { policy: one(`{"Resource":"*",${open},"Condition":{${ends}}}`) }, 'closed', { unwritten: true }),
  ...either('fields in lower case', { policy: one(statement).toLowerCase() }, 'MalformedPolicy'),
  ...either('an empty resource', { policy: { resource: '' } }, 'closed'),
  ...either('a resource that is no text', { policy: one(`{"Resource":["*"],"Condition":{${ends}}}`) }, 'MalformedPolicy'),
  ...either('brackets within brackets', { policy: `{"Statement":${'['.repeat(500)}${']'.repeat(500)}}` }, 'MalformedPolicy'),
  { name: 'cookies: no resource is every resource', cookies: { policy: one(`{"Condition":{${ends}}}`) }, expect: 'opens' },
];

const neighbours: Case[] = [
  ...either('the next version', {}, 'AccessDenied', { ask: '{parent}/2/{name}' }),
  ...either('a version whose number begins the same', {}, 'AccessDenied', { ask: '{folder}0/{name}' }),
  ...either('another video', {}, 'AccessDenied', { ask: '{parent}B/1/{name}' }),
  ...either('the folder itself', {}, 'AccessDenied', { ask: '{folder}' }),
  ...either('another file than the exact one', { policy: { resource: '{origin}{file}' } }, 'AccessDenied', { ask: '{folder}/other-{name}' }),
  ...either('another file than the canned one', { canned: true, policy: { resource: '{origin}{file}' } }, 'AccessDenied', {
    ask: '{folder}/other-{name}',
  }),
  ...either('another host', { policy: { resource: '{scheme}://other.example{folder}/*' } }, 'AccessDenied'),
  ...either('the host with a dot after it', { policy: { resource: '{scheme}://{host}.{port}{folder}/*' } }, 'AccessDenied'),
  ...either('a host that begins the same', { policy: { resource: '{scheme}://{host}.example{folder}/*' } }, 'AccessDenied'),
  ...either('the other scheme', { policy: { resource: '{other scheme}://{authority}{folder}/*' } }, 'AccessDenied'),
  ...either('another port', { policy: { resource: '{scheme}://{host}:1{folder}/*' } }, 'AccessDenied'),
  ...either('canned for another host', { canned: true, policy: { resource: '{scheme}://other.example{file}' } }, 'AccessDenied'),
  ...either('canned with a wildcard', { canned: true, policy: { resource: '{origin}{folder}/*' } }, 'AccessDenied'),
];

const paths = [
  '{folder}/../2/{name}',
  '{folder}/..%2f2/{name}',
  '{folder}/..%2F2/{name}',
  '{folder}/%2e%2e/2/{name}',
  '{folder}/%2E%2E%2F2/{name}',
  '{folder}/..%5c2/{name}',
  '{folder}/..\\2\\{name}',
  '{folder}/%252e%252e/2/{name}',
  '{folder}/..;/2/{name}',
  '{folder}/%c0%ae%c0%ae/2/{name}',
  '{folder}/../../../../../../../../etc/passwd',
  '{folder}//2/{name}',
  '{file}/',
  '{file}.',
  '{file}%00',
  '{file}%00.jpg',
  '{file}%20',
  '{file}/..',
].map((ask): Case => ({ name: `cookies: the path ${ask}`, cookies: {}, ask, expect: 'closed' }));

const rotation: Case[] = [
  ...either('the active key', { key: 'active' }, 'opens'),
  ...either('a second trusted key', { key: 'second' }, 'opens'),
  ...either('a second trusted key, canned', { key: 'second', canned: true }, 'opens'),
  ...either('the key that was active before', { key: 'retired' }, 'opens'),
  ...either('a key that was taken away', { key: 'removed' }, 'InvalidKey'),
  ...either('a key that was taken away, canned', { key: 'removed', canned: true }, 'InvalidKey'),
];

export const forgeries: Table = {
  'tampering with genuine parts': tampering,
  'what a policy may say': documents,
  'neighbours of what is open': neighbours,
  'ways out of the folder': paths,
  'rotation of keys': rotation,
};
