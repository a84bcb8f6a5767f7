// The language of the table: what a row may say, and how a row becomes a request.
import { type Answer, ask } from './request.ts';
import { awsCookies, awsUrl, canned, encode, type Hash, names, type Part, parts, type Signed, signText } from './signing.ts';
import type { KeyName, Target } from './target.ts';

/** The codes of CloudFront's error bodies, `opens` for the file, `closed` for any refusal (4xx). */
export type Expectation = 'opens' | 'closed' | 'MissingKey' | 'InvalidKey' | 'MalformedPolicy' | 'MalformedSignature' | 'AccessDenied';

/** A policy's one statement. Dates are seconds from now; without `until` there is no DateLessThan. */
export type Statement = { resource?: string; until?: number; from?: number; ip?: string };

/** One set of signed parts: what is signed, how, and what is done to it afterwards. */
export type Carried = {
  /** A statement, or the text of a policy exactly as it is signed. */
  policy?: Statement | string;
  /** Send the expiry alone: the edge puts the policy together again. `resource` is then the exact address. */
  canned?: boolean;
  /** Which key signs; the target's active one where none is named. */
  key?: KeyName;
  /** SHA256 where none is named. */
  hash?: Hash;
  /** AWS's library signs, instead of OpenSSL. */
  by?: 'aws';
  change?: Edit[];
};

export type Case = {
  name: string;
  cookies?: Carried;
  url?: Carried;
  /** The path, perhaps with a query, that is asked for; the target's file where none is named. */
  ask?: string;
  method?: 'GET' | 'HEAD';
  /** More headers, names and values in turn. */
  headers?: string[];
  expect: Expectation;
  /** The developer guide does not say what happens: the built-in edge takes the strict side, others are not asked. */
  unwritten?: boolean;
};

/** Rows by what they are about. */
export type Table = Record<string, Case[]>;

/** What is sent: parts, in order, by the names under which they are sent. */
type Sent = [part: Part, name: string, value: string][];
export type Edit = (sent: Sent) => Sent;

/** Leaves parts out. */
export const omit = (...left: Part[]): Edit => (sent) => sent.filter(([part]) => !left.includes(part));
/** Gives a part another value, or adds it. */
export const set = (part: Part, value: string): Edit => (sent) => [...omit(part)(sent), [part, names[part], value]];
/** Changes a part's value. */
export const change = (part: Part, to: (value: string) => string): Edit => (sent) =>
  sent.map(([p, name, value]) => [p, name, p === part ? to(value) : value]);
/** Sends a part again, with this value or the same. */
export const twice = (part: Part, value?: string): Edit => (sent) => [
  ...sent,
  ...sent.filter(([p]) => p === part).map(([p, name, same]): Sent[0] => [p, name, value ?? same]),
];
/** Sends a part under another name. */
export const rename = (part: Part, name: string): Edit => (sent) => sent.map(([p, n, value]) => [p, p === part ? name : n, value]);

/** Replaces the character at a place (from the end where it is negative) by one that it is not. */
export function flip(part: Part, at: number, to = 'A', otherwise = 'B'): Edit {
  return change(part, (value) => {
    const index = at < 0 ? value.length + at : at;
    return value.slice(0, index) + (value[index] === to ? otherwise : to) + value.slice(index + 1);
  });
}

/** The same rule for both ways to carry a policy. */
export function either(name: string, carried: Carried, expect: Expectation, more: Partial<Case> = {}): Case[] {
  return [
    { name: `cookies: ${name}`, cookies: carried, expect, ...more },
    { name: `URL: ${name}`, url: carried, expect, ...more },
  ];
}

/** What is wrong with the target's answer, if anything is. */
export async function complaint(row: Case, target: Target): Promise<string | undefined> {
  const { status, code } = await answer(row, target);
  const right =
    row.expect === 'opens' ? status === 200
    : row.expect === 'closed' ? status >= 400 && status < 500
    : status === 403 && code === row.expect;
  if (right) return undefined;
  return `${row.name}: expected ${row.expect}, got ${status} ${code}`;
}

/** Asks the target as the row says. */
async function answer(row: Case, target: Target): Promise<Answer> {
  let path = target.expand(row.ask ?? '{file}');
  const headers = (row.headers ?? []).map((text) => target.expand(text));
  if (row.cookies) {
    const cookies = send(row.cookies, target, 'cookies', path);
    headers.push('Cookie', cookies.map(([, name, value]) => `CloudFront-${name}=${value}`).join('; '));
  }
  if (row.url) {
    const query = send(row.url, target, 'url', path).map(([, name, value]) => `${name}=${value}`);
    path += (path.includes('?') ? '&' : '?') + query.join('&');
  }
  return ask(target.origin, row.method ?? 'GET', path, headers);
}

function send(carried: Carried, target: Target, how: 'cookies' | 'url', path: string): Sent {
  const signed = signCase(carried, target, how, path);
  const sent = parts.flatMap((part): Sent => (signed[part] === undefined ? [] : [[part, names[part], signed[part]]]));
  return (carried.change ?? []).reduce((so, edit) => edit(so), sent);
}

function signCase(carried: Carried, target: Target, how: 'cookies' | 'url', path: string): Signed {
  const { policy = {}, hash = 'SHA256' } = carried;
  const key = target.key(carried.key ?? 'active');
  if (carried.canned) {
    if (typeof policy === 'string') throw new Error('a canned policy is not written out');
    const expires = target.now() + (policy.until ?? 60);
    const resource = target.expand(policy.resource ?? `{origin}${path}`);
    return signText(canned(resource, expires), key, hash, { expires: String(expires) });
  }
  const text = typeof policy === 'string' ? target.expand(policy) : JSON.stringify(document(policy, target));
  if (carried.by === 'aws') return how === 'url' ? awsUrl(target.origin.origin + path, text, key, hash) : awsCookies(text, key, hash);
  return signText(text, key, hash, { policy: encode(text) });
}

/** A custom policy as the developer guide writes it. */
function document(statement: Statement, target: Target): object {
  const { resource = '{origin}{folder}/*', until, from, ip } = { until: 60, ...statement };
  const time = (seconds: number) => ({ 'AWS:EpochTime': target.now() + seconds });
  const condition = {
    ...(until !== undefined && { DateLessThan: time(until) }),
    ...(from !== undefined && { DateGreaterThan: time(from) }),
    ...(ip !== undefined && { IpAddress: { 'AWS:SourceIp': target.expand(ip) } }),
  };
  return { Statement: [{ Resource: target.expand(resource), Condition: condition }] };
}

/** Which of the target's abilities a row needs, by name: it is skipped where one is missing. */
export function needs(row: Case): string[] {
  const carried = [row.cookies, row.url].filter((one) => one !== undefined);
  const texts = carried.flatMap(({ policy }) => (typeof policy === 'object' ? [policy.ip ?? ''] : [policy ?? '']));
  return [
    ...carried.flatMap(({ key }) => (key && key !== 'active' ? [`key: ${key}`] : [])),
    ...carried.flatMap(({ hash }) => (hash === 'SHA1' ? ['SHA-1'] : [])),
    ...(texts.some((text) => /\{(client|outside)/.test(text)) ? ['client address'] : []),
    ...(row.unwritten ? ['what no guide says'] : []),
  ];
}
