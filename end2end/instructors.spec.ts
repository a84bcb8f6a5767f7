// Teaching a course together, in a browser that runs scripts and in one that does not.
import { press, stranger, submit } from './accounts.ts';
import { expect, test } from './fixtures.ts';
import { mailTo } from './mailbox.ts';
import * as people from './people.ts';
import type { Server } from './server.ts';

/** An instructor who teaches nothing yet. */
async function colleague(server: Server): Promise<{ email: string; password: string }> {
  const who = { email: stranger(), password: 'a quiet morning in May' };
  await server.addAccount({ ...who, name: 'Mary Shelley', role: 'instructor' });
  return who;
}

test('two teach a course until its owner ends it', async ({ page, newPerson, server }) => {
  const mary = await colleague(server);
  await people.signIn(page, people.instructor);
  await people.createCourse(page, 'Ghost stories');
  const editor = page.url();
  await people.askToTeach(page, mary.email);
  const { links, text } = await mailTo(page, mary.email, 'Ada Okafor asks you to teach together');
  expect(text).toContain('“Ghost stories”');

  const other = await newPerson();
  await people.signIn(other, mary);
  expect((await other.request.get(editor)).status(), 'not before it is accepted').toBeGreaterThanOrEqual(403);
  await other.goto(links[0] ?? '');
  await press(other, 'Accept: Ghost stories');
  await other.getByRole('link', { name: 'Ghost stories', exact: true }).click();
  await other.getByLabel('Subtitle').fill('Told by two');
  await submit(other, 'Save texts');
  await other.getByRole('link', { name: 'Instructors' }).click();
  await expect(other.getByText('Owns the course')).toBeVisible();
  await expect(other.getByRole('heading', { name: 'Invite somebody' }), 'the owner alone invites').toHaveCount(0);

  await page.goto(editor);
  await expect(page.getByLabel('Subtitle')).toHaveValue('Told by two');
  await page.getByRole('link', { name: 'Instructors' }).click();
  page.once('dialog', (dialog) => dialog.accept());
  await press(page, 'Remove Mary Shelley');
  await expect(page.getByRole('button', { name: 'Remove Mary Shelley' })).toHaveCount(0);
  await other.goto(editor);
  await expect(other.getByRole('heading', { level: 1 })).toHaveText(/Not for this account|Page not found/);
  await other.goto('/teach');
  await expect(other.getByRole('heading', { name: 'Your courses' })).toBeVisible();
  await expect(other.getByRole('link', { name: 'Ghost stories' })).toHaveCount(0);
});

test('an owner hands a course over, and teaches it on', async ({ page, newPerson, server }) => {
  const mary = await colleague(server);
  await people.signIn(page, people.instructor);
  await people.createCourse(page, 'Sea stories');
  const editor = page.url();
  await people.askToTeach(page, mary.email);
  const other = await newPerson();
  await people.signIn(other, mary);
  await other.goto('/teach');
  await press(other, 'Accept: Sea stories');
  await expect(other.getByRole('link', { name: 'Sea stories', exact: true })).toBeVisible();

  await page.reload();
  page.once('dialog', (dialog) => dialog.accept());
  await submit(page, 'Hand the course over to Mary Shelley');
  await expect(page.getByRole('listitem').filter({ hasText: 'Owns the course' })).toContainText('Mary Shelley');
  await expect(page.getByRole('heading', { name: 'Invite somebody' }), 'the owner alone invites').toHaveCount(0);
  await page.goto(editor);
  await page.getByLabel('Subtitle').fill('Told on deck');
  await submit(page, 'Save texts');
  await other.goto(editor);
  await expect(other.getByLabel('Subtitle')).toHaveValue('Told on deck');
  await other.getByRole('link', { name: 'Instructors' }).click();
  await expect(other.getByRole('heading', { name: 'Invite somebody' })).toBeVisible();
});

test('an invitation to teach is declined', async ({ page, newPerson, server }) => {
  const mary = await colleague(server);
  await people.signIn(page, people.instructor);
  await people.createCourse(page, 'Dull stories');
  await people.askToTeach(page, mary.email);
  const other = await newPerson();
  await people.signIn(other, mary);
  await other.goto('/teach');
  await press(other, 'Decline: Dull stories');
  await expect(other.getByText('Dull stories')).toHaveCount(0);
  await page.reload();
  await expect(page.getByText('Owns the course')).toBeVisible();
  await expect(people.personRow(page, mary.email)).toHaveCount(0);
});

test('an invitation to teach is taken back', async ({ page, newPerson, server }) => {
  const mary = await colleague(server);
  await people.signIn(page, people.instructor);
  await people.createCourse(page, 'Secret stories');
  await people.askToTeach(page, mary.email);
  page.once('dialog', (dialog) => dialog.accept());
  await press(page, `Remove ${mary.email}`);
  await expect(people.personRow(page, mary.email)).toHaveCount(0);
  const other = await newPerson();
  await people.signIn(other, mary);
  await other.goto('/teach');
  await expect(other.getByText('You teach no course yet')).toBeVisible();
  await expect(other.getByText('Secret stories')).toHaveCount(0);
});
