import { defineConfig } from '@playwright/test';
import { foreign } from './foreign.ts';

// What is missing is said at once, not by every test.
foreign(process.env);

// No browser: requests are written by hand, and the runner gives each row a name, a result and a reason to be skipped.
export default defineConfig({
  testDir: '.',
  outputDir: '../end2end/test-results',
  workers: 1,
  forbidOnly: Boolean(process.env.CI),
  retries: 0,
  timeout: 30_000,
  reporter: [['list']],
});
