// Who may fetch a segment: the holder of cookies signed for that very video, and nobody else.
import { clip } from './films.ts';
import { expect, test } from './fixtures.ts';
import * as people from './people.ts';
import { readTree } from './playlists.ts';
import { header, type Policy, sign, until } from './signing.ts';

test('without the right cookies every playlist and segment is refused', async ({ page, newPerson, server }) => {
  test.setTimeout(240_000);
  await people.signIn(page, people.instructor);
  const file = await clip({ size: '640x360', seconds: 6 });
  const courses = [
    await people.publishVideo(page, 'The one', file),
    await people.publishVideo(page, 'The other', file),
  ];

  const watched = [];
  for (const course of courses) {
    const watcher = await newPerson();
    await people.signIn(watcher, people.learner);
    const playlist = watcher.waitForRequest(/\/media\/.*master\.m3u8$/);
    await people.enrolAndOpen(watcher, course);
    watched.push({ url: (await playlist).url(), cookie: await people.mediaCookies(watcher.context()) });
  }
  const [one, other] = watched as [(typeof watched)[0], (typeof watched)[0]];
  const { all } = await readTree(one.url, one.cookie);
  expect(all.length, 'playlists, initialisation and media segments of picture and sound').toBeGreaterThan(6);

  const policy = policyOf(one.cookie);
  const made = async (seconds: number) => {
    const [{ Resource }] = policy.Statement;
    return header(await sign(server.data, { Statement: [{ Resource, Condition: until(seconds) }] }));
  };

  const cases: [name: string, cookie: string, status: number][] = [
    ['none', '', 403],
    ['of another video', other.cookie, 403],
    ['expired', await made(-1), 403],
    ['signed by somebody else', one.cookie.replace(/(Signature=)(.)/, (_, name, c) => name + (c === 'A' ? 'B' : 'A')), 403],
    ['of another policy than was signed', swapPolicy(one.cookie, other.cookie), 403],
    ["the server's own", one.cookie, 200],
    ["made by AWS's library with the server's key", await made(60), 200],
  ];
  for (const [name, cookie, status] of cases) {
    for (const url of all) {
      const response = await fetch(url, { headers: cookie ? { cookie } : {} });
      expect(response.status, `cookies: ${name}, ${url}`).toBe(status);
      await response.arrayBuffer();
    }
  }

  // RSA signatures of PKCS#1 v1.5 are deterministic: the same policy gives the same cookies, byte for byte.
  expect(parse(one.cookie)).toEqual(await sign(server.data, policy));

  // No session opens a segment, neither the learner's nor the owner's.
  const session = (await page.context().cookies()).filter((cookie) => !cookie.name.startsWith('CloudFront-'));
  const owner = session.map((cookie) => `${cookie.name}=${cookie.value}`).join('; ');
  expect((await fetch(one.url, { headers: { cookie: owner } })).status).toBe(403);
});

function parse(cookie: string): Record<string, string> {
  return Object.fromEntries(cookie.split('; ').map((pair) => pair.split(/=(.*)/s, 2) as [string, string]));
}

/** CloudFront's base64: `+`, `=` and `/` are written `-`, `_` and `~`. */
function policyOf(cookie: string): Policy {
  const text = parse(cookie)['CloudFront-Policy'] ?? '';
  const base64 = text.replaceAll('-', '+').replaceAll('_', '=').replaceAll('~', '/');
  return JSON.parse(Buffer.from(base64, 'base64').toString());
}

function swapPolicy(cookie: string, from: string): string {
  return header({ ...parse(cookie), 'CloudFront-Policy': parse(from)['CloudFront-Policy'] ?? '' });
}
