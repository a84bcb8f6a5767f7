// A server whose uploads, media, work and conversions are in AWS, or in what stands in for it.
import { resolve } from 'node:path';
import { test as base } from '../fixtures.ts';
import * as people from '../people.ts';
import { freePort, Server } from '../server.ts';
import { Account } from './account.ts';
import { MediaConvert } from './mediaconvert.ts';

export { expect } from '../fixtures.ts';

const noCourses = resolve(import.meta.dirname, '../../conformance/no-courses.json');

type Cloud = { account: Account; mediaconvert: MediaConvert; server: Server };

export const test = base.extend<{ account: Account; mediaconvert: MediaConvert }, { cloud: Cloud; server: Server }>({
  cloud: [
    async ({}, use) => {
      const port = await freePort();
      const account = await Account.start(`http://localhost:${port}`);
      const mediaconvert = new MediaConvert(account);
      const settings = { ...account.settings, STOA_AWS__MEDIACONVERT__ENDPOINT: await mediaconvert.start() };
      const server = await Server.start({ courses: noCourses, settings, port });
      for (const [{ email, password }, name, role] of [
        [people.instructor, 'Ada', 'instructor'],
        [people.learner, 'Linus', 'learner'],
      ] as const) {
        await server.command(['account', 'add', '--email', email, '--name', name, '--role', role], password);
      }
      await use({ account, mediaconvert, server });
      await server.stop();
      await mediaconvert.stop();
      account.stop();
    },
    { scope: 'worker', timeout: 120_000 },
  ],
  server: [async ({ cloud }, use) => use(cloud.server), { scope: 'worker' }],
  account: async ({ cloud }, use) => use(cloud.account),
  mediaconvert: async ({ cloud }, use) => use(cloud.mediaconvert),
});
