// What every test gets: a server of the worker's own, and a page whose console must stay silent.
import { type BrowserContext, expect, type Page, test as base } from '@playwright/test';
import { Server } from './server.ts';

export { expect } from '@playwright/test';

type Fixtures = {
  /** Another person's browser: own cookies, same settings. */
  newPerson: () => Promise<Page>;
};

/** Has the worker's server started like this. */
const served = (start: () => Promise<Server>) =>
  [
    async ({}, use: (server: Server) => Promise<void>) => {
      const server = await start();
      await use(server);
      await server.stop();
    },
    { scope: 'worker', timeout: 700_000 },
  ] as const;

/** The same tests, on a server of other settings or with another film. */
export const testOn = (start: () => Promise<Server>) => test.extend<object, { server: Server }>({ server: [...served(start)] });

export const test = base.extend<Fixtures, { server: Server }>({
  server: [...served(() => Server.start())],

  baseURL: async ({ server }, use) => use(server.url),

  page: async ({ page, server }, use, info) => {
    const noise = listen(page);
    await use(page);
    if (info.status !== info.expectedStatus) await info.attach('server log', { body: server.newestLog });
    expect(noise, 'the browser console stays silent').toEqual([]);
  },

  newPerson: async ({ browser, baseURL }, use) => {
    const contexts: BrowserContext[] = [];
    const noises: string[][] = [];
    await use(async () => {
      const context = await browser.newContext();
      contexts.push(context);
      const page = await context.newPage();
      noises.push(listen(page));
      return page;
    });
    // So that what they played does not count as playing in the next test.
    for (const { request } of contexts) {
      await request.post(`${baseURL}/api/session/sign-out`, { headers: { origin: `${baseURL}` }, ignoreHTTPSErrors: true });
    }
    await Promise.all(contexts.map((context) => context.close()));
    expect(noises.flat(), 'the browser console stays silent').toEqual([]);
  },
});

/** Collects what a page complains of: warnings, errors, uncaught exceptions (a failed hydration is one). */
export function listen(page: Page): string[] {
  const noise: string[] = [];
  page.on('console', (message) => {
    if (!['error', 'warning'].includes(message.type())) return;
    // Chromium notes each refusal. That a call was refused, or that a page is not there, is an answer, not a fault.
    const { url } = message.location();
    const refused = /^Failed to load resource: .* status of 4\d\d/.test(message.text());
    if (refused && (url === page.url() || /^\/(api|uploads?)\//.test(new URL(url).pathname))) return;
    // Nor that somebody behind the server does not answer, where the page says so.
    if (/^Failed to load resource: .* status of 503/.test(message.text()) && /^\/api\//.test(new URL(url).pathname)) return;
    // Nor that a part of an upload did not get through.
    if (/^Failed to load resource: (net::ERR_|.* status of 507)/.test(message.text()) && /^\/uploads\//.test(new URL(url).pathname)) return;
    // Nor that a call did not, to a server that was killed.
    if (/net::ERR_CONNECTION_(REFUSED|RESET)$/.test(message.text()) && /^\/api\//.test(new URL(url).pathname)) return;
    noise.push(`${page.url()}: ${message.type()}: ${message.text()} (${url})`);
  });
  page.on('pageerror', (error) => noise.push(`${page.url()}: ${error.message}`));
  return noise;
}
