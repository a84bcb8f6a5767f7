// Which policies open the file, and from where, when, and for whom.
import { type Case, either, type Table } from '../case.ts';

const exact = '{origin}{file}';

const signers: Case[] = [
  ...either('AWS’s library, custom policy, RSA with SHA-256', { by: 'aws', key: 'rsa' }, 'opens'),
  ...either('AWS’s library, custom policy, RSA with SHA-1', { by: 'aws', key: 'rsa', hash: 'SHA1' }, 'opens'),
  ...either('AWS’s library, custom policy, ECDSA with SHA-256', { by: 'aws', key: 'ecdsa' }, 'opens'),
  ...either('OpenSSL, custom policy, RSA with SHA-256', { key: 'rsa' }, 'opens'),
  ...either('OpenSSL, custom policy, RSA with SHA-1', { key: 'rsa', hash: 'SHA1' }, 'opens'),
  ...either('OpenSSL, custom policy, ECDSA with SHA-256', { key: 'ecdsa' }, 'opens'),
  ...either('canned policy, RSA with SHA-256', { canned: true, key: 'rsa' }, 'opens'),
  ...either('canned policy, RSA with SHA-1', { canned: true, key: 'rsa', hash: 'SHA1' }, 'opens'),
  ...either('canned policy, ECDSA with SHA-256', { canned: true, key: 'ecdsa' }, 'opens'),
  ...either('HEAD is judged as GET is', {}, 'opens', { method: 'HEAD' }),
];

// "Only within the boundaries of the section that contains the wildcard": scheme, host, path, query.
const wildcards: Case[] = [
  ...either('the exact address', { policy: { resource: exact } }, 'opens'),
  ...either('* for everything', { policy: { resource: '*' } }, 'opens'),
  ...either('* for a part of the scheme', { policy: { resource: 'http*://{authority}{file}' } }, 'opens'),
  ...either('* for the scheme', { policy: { resource: '*://{authority}{file}' } }, 'opens'),
  ...either('* for the host', { policy: { resource: '{scheme}://*{file}' } }, 'opens'),
  ...either('* for the beginning of the host', { policy: { resource: '{scheme}://*{authority-1}{file}' } }, 'opens'),
  ...either('* in the middle of the path', { policy: { resource: '{origin}/*/{name}' } }, 'opens'),
  ...either('* for no character at all', { policy: { resource: '{origin}{file}*' } }, 'opens'),
  ...either('* twice in the path', { policy: { resource: '{origin}/*/*' } }, 'opens'),
  ...either('** is no more than *', { policy: { resource: '{origin}{folder}/**' } }, 'opens'),
  ...either('? for one character of the name', { policy: { resource: '{origin}{folder}/?{name-1}' } }, 'opens'),
  ...either('? is not two characters', { policy: { resource: '{origin}{folder}/?{name-2}' } }, 'AccessDenied'),
  ...either('? is not no character', { policy: { resource: '{origin}{file}?' } }, 'AccessDenied'),
  ...either('* after the end of the folder’s name', { policy: { resource: '{origin}{folder}x*' } }, 'AccessDenied'),
  ...either('* in the host does not reach into the path', { policy: { resource: '{scheme}://*/{name}' } }, 'AccessDenied'),
  ...either('* for another beginning of the host', { policy: { resource: '{scheme}://x*{file}' } }, 'AccessDenied'),
  ...either('* for another path behind any host', { policy: { resource: '{scheme}://*{parent}/other/*' } }, 'AccessDenied'),
  ...either('case counts in the path', { policy: { resource: '{origin}{FILE}' } }, 'AccessDenied'),
  ...either('a pattern of another folder’s files', { policy: { resource: '{origin}{parent}/other/*' } }, 'AccessDenied'),
  ...either('a pattern that backtracks a lot', { policy: { resource: `{origin}/${'*a'.repeat(60)}` } }, 'AccessDenied'),
];

const queries: Case[] = [
  ...either('* covers the query', {}, 'opens', { ask: '{file}?v=1' }),
  ...either('the exact address with its query', { policy: { resource: `${exact}?v=1&w=2` } }, 'opens', { ask: '{file}?v=1&w=2' }),
  ...either('* within the query', { policy: { resource: `${exact}?v=*` } }, 'opens', { ask: '{file}?v=123' }),
  ...either('? where the query begins is a question mark, too', { policy: { resource: `${exact}?v=?` } }, 'opens', { ask: '{file}?v=1' }),
  ...either('a query that the policy does not have', { policy: { resource: exact } }, 'AccessDenied', { ask: '{file}?v=1' }),
  ...either('a query that the policy has and the request has not', { policy: { resource: `${exact}?v=1` } }, 'AccessDenied'),
  ...either('a query in another order', { policy: { resource: `${exact}?v=1&w=2` } }, 'AccessDenied', { ask: '{file}?w=2&v=1' }),
  ...either('canned, with its query', { canned: true }, 'opens', { ask: '{file}?v=1&w=2' }),
  ...either('canned, with another query', { canned: true, policy: { resource: `${exact}?v=1` } }, 'AccessDenied', { ask: '{file}?v=2' }),
  ...either('canned, with a query that was not signed', { canned: true, policy: { resource: exact } }, 'AccessDenied', { ask: '{file}?v=1' }),
];

const dates: Case[] = [
  ...either('it ends in a minute', { policy: { until: 60 } }, 'opens'),
  ...either('it ends in ten years', { policy: { until: 315_360_000 } }, 'opens'),
  ...either('it ends now', { policy: { until: 0 } }, 'AccessDenied'),
  ...either('it ended a minute ago', { policy: { until: -60 } }, 'AccessDenied'),
  ...either('canned, it ended a minute ago', { canned: true, policy: { until: -60 } }, 'AccessDenied'),
  ...either('it began a minute ago', { policy: { from: -60 } }, 'opens'),
  ...either('it begins in half an hour', { policy: { from: 1800, until: 3600 } }, 'AccessDenied'),
  ...either('it ends before it begins', { policy: { from: 60, until: -60 } }, 'AccessDenied'),
];

const addresses: Case[] = [
  ...either('from anywhere', { policy: { ip: '0.0.0.0/0' } }, 'opens'),
  ...either('from this very address', { policy: { ip: '{client/32}' } }, 'opens'),
  ...either('from the neighbouring address', { policy: { ip: '{outside/32}' } }, 'AccessDenied'),
  ...[31, 24, 8, 1].flatMap((bits) => [
    ...either(`from within its /${bits}`, { policy: { ip: `{client/${bits}}` } }, 'opens'),
    ...either(`from beside its /${bits}`, { policy: { ip: `{outside/${bits}}` } }, 'AccessDenied'),
  ]),
  ...either('a forwarded address is not believed', { policy: { ip: '203.0.113.0/24' } }, 'AccessDenied', {
    headers: ['X-Forwarded-For', '203.0.113.9', 'Forwarded', 'for=203.0.113.9', 'X-Real-IP', '203.0.113.9'],
  }),
  ...either('an IPv6 range is for nobody', { policy: { ip: '::/0' } }, 'closed'),
  ...either('no range at all', { policy: { ip: 'everybody' } }, 'closed'),
  ...either('a range of 33 bits', { policy: { ip: '0.0.0.0/33' } }, 'closed'),
];

const all: Case[] = [
  ...either('address, dates and client all fit', { policy: { resource: exact, from: -60, until: 60, ip: '{client/24}' } }, 'opens'),
  ...either('all fit but the client', { policy: { resource: exact, from: -60, until: 60, ip: '{outside/24}' } }, 'AccessDenied'),
  ...either('all fit but the end', { policy: { resource: exact, from: -60, until: -1, ip: '{client/24}' } }, 'AccessDenied'),
];

export const opening: Table = {
  'signers and algorithms': signers,
  'wildcards in the resource': wildcards,
  'queries in the address': queries,
  dates,
  'addresses of clients': addresses,
  'all conditions together': all,
};
