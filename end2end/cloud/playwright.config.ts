import { defineConfig } from '@playwright/test';
import base from '../playwright.config.ts';

// What `make cloud` runs: the same browser, against a server whose ports are in AWS, or in what stands in for it.
export default defineConfig({
  ...base,
  testDir: '.',
  outputDir: '../test-results/cloud',
  projects: [{ name: 'cloud' }],
});
