import { defineConfig } from '@playwright/test';
import tests from '../end2end/playwright.config.ts';

// The browser of the tests, for what a browser has to fetch.
export default defineConfig({
  ...tests,
  testDir: '.',
  projects: [{ name: 'bench' }],
  timeout: 900_000,
  reporter: [['line']],
  use: { ...tests.use, trace: 'off' },
});
