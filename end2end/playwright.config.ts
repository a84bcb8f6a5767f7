import { defineConfig } from '@playwright/test';

// Debian's own Chromium: it plays H.264 and AAC, which the one that Playwright brings does not.
const chromium = process.env.STOA_CHROMIUM ?? '/usr/bin/chromium';
const asRoot = process.getuid?.() === 0;

export default defineConfig({
  testDir: '.',
  outputDir: 'test-results',
  // Transcoding takes every core there is: two tests at once would only make each other late.
  workers: 1,
  forbidOnly: Boolean(process.env.CI),
  retries: 0,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: [['list']],
  use: {
    browserName: 'chromium',
    locale: 'en-GB',
    timezoneId: 'UTC',
    trace: 'retain-on-failure',
    launchOptions: {
      executablePath: chromium,
      args: [...(asRoot ? ['--no-sandbox'] : []), '--autoplay-policy=no-user-gesture-required'],
    },
  },
  projects: [
    { name: 'javascript', testIgnore: ['no-js.spec.ts', 'corpus.spec.ts', 'cloud/**'] },
    // The same forms, and what is there to read, for a browser that runs no script.
    {
      name: 'no-javascript',
      testIgnore: ['cloud/**'],
      testMatch: [
        ...['accounts.spec.ts', 'profile.spec.ts', 'mail-choice.spec.ts', 'own-data.spec.ts', 'invitations.spec.ts'],
        ...['people.spec.ts', 'instructors.spec.ts', 'audit.spec.ts', 'inviting.spec.ts', 'leaving.spec.ts', 'forms.spec.ts', 'no-js.spec.ts', 'shop.spec.ts'],
      ],
      use: { javaScriptEnabled: false },
    },
    // No server and no person: what was made before is played, which is mostly waiting.
    { name: 'corpus', testMatch: 'corpus.spec.ts', fullyParallel: true },
  ],
});
