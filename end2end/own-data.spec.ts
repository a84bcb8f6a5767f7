// All data of somebody, to take along: in a browser that runs scripts and in one that does not.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { member, password, press } from './accounts.ts';
import { clip, run } from './films.ts';
import { expect, test } from './fixtures.ts';
import * as people from './people.ts';
import type { Server } from './server.ts';

/** Downloads it and unpacks it into `folder`. Returns the names of its files. */
async function takeAlong(page: Page, folder: string): Promise<string[]> {
  await page.goto('/account/data');
  const started = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Download my data' }).click();
  const download = await started;
  expect(download.suggestedFilename()).toBe('my-data.zip');
  const file = await download.path();
  await run('python3', ['-m', 'zipfile', '-t', file]);
  await run('python3', ['-m', 'zipfile', '-e', file, folder]);
  const { stdout } = await run('python3', ['-c', 'import sys, zipfile; print(*zipfile.ZipFile(sys.argv[1]).namelist(), sep="\\n")', file]);
  return stdout.trim().split('\n');
}

/** Lets the password of every session have been given an hour ago. */
async function anHourLater(server: Server): Promise<void> {
  const anHourAgo = Date.now() - 3_600_000;
  const script = `
import sqlite3, sys
with sqlite3.connect(sys.argv[1], timeout=30) as stoa:
    stoa.execute("UPDATE item SET document = json_set(document, '$.proved', ?) WHERE sort = 'SESSION'", (int(sys.argv[2]),))
`;
  await run('python3', ['-c', script, join(server.data, 'stoa.db'), String(anHourAgo)]);
}

test('a learner takes all of it along, and no secret is in it', async ({ page }, info) => {
  const email = await member(page);
  await page.goto('/courses/a-radio-from-scratch');
  await page.getByRole('button', { name: 'Enrol' }).click();
  await expect(page.getByRole('link', { name: 'Continue' })).toBeVisible();

  const folder = info.outputPath('data');
  const files = await takeAlong(page, folder);
  const read = async (name: string) => JSON.parse(await readFile(join(folder, name), 'utf8'));
  expect((await read('profile.json'))[0].says).toMatchObject({ email, name: 'Mary Shelley', role: 'learner' });
  expect(await read('enrolments.json')).toHaveLength(1);
  const kinds = (await read('log.json')).map((entry: { kind: string }) => entry.kind);
  expect(kinds).toEqual(expect.arrayContaining(['account.added', 'account.signed-in', 'data.exported']));
  for (const file of files) {
    expect(await readFile(join(folder, file), 'utf8'), file).not.toMatch(/argon2|mail_key|"password|"secret/);
  }
});

test('an instructor takes along what they uploaded, byte by byte', async ({ page }, info) => {
  await people.signIn(page, people.instructor);
  const folder = info.outputPath('data');
  const files = await takeAlong(page, folder);
  const course = JSON.parse(await readFile(join(folder, 'courses/making-of-big-buck-bunny.json'), 'utf8'));
  expect(course.course.title).toContain('Big Buck Bunny');
  const video = files.find((file) => /^courses\/making-of-big-buck-bunny\/.+\/video$/.test(file)) ?? '';
  const [kept, sent] = await Promise.all([readFile(join(folder, video)), readFile(await clip({ size: '640x360' }))]);
  expect(kept.equals(sent), 'the film is as it was uploaded').toBe(true);
});

test('whose password was given long ago is asked for it before anything is downloaded', async ({ page, server }, info) => {
  await member(page);
  await page.goto('/account/data');
  await anHourLater(server);
  await page.getByRole('link', { name: 'Download my data' }).click();
  const proof = page.getByRole('region', { name: 'Confirm that it is you' });
  await proof.getByLabel('Password').fill('not the password');
  await press(page, 'Confirm');
  await expect(page.getByRole('alert')).toContainText('Password is not right');
  await proof.getByLabel('Password').fill(password);
  await press(page, 'Confirm');
  await expect(proof).toBeHidden();
  expect(await takeAlong(page, info.outputPath('data'))).toContain('profile.json');
});
