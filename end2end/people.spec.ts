// What operators do for people, in a browser that runs scripts and in one that does not.
import { member, stranger } from './accounts.ts';
import { expect, test } from './fixtures.ts';
import { mailTo } from './mailbox.ts';
import * as people from './people.ts';

test('somebody is found by their address, and nobody by one that nobody has', async ({ page }) => {
  await people.signIn(page, people.operator);
  await people.findPerson(page, people.learner.email);
  await expect(page.getByRole('main')).toContainText('Linus Torres');
  await page.getByRole('search').getByLabel('E-mail').fill(stranger());
  await page.getByRole('button', { name: 'Find' }).click();
  await expect(page.getByRole('alert')).toContainText('Nobody has this address');
});

test('people are listed by role', async ({ page }) => {
  await people.signIn(page, people.operator);
  await page.goto('/operate/people');
  const roles = page.getByRole('navigation', { name: 'Roles' });
  await expect(roles.getByRole('link', { name: 'Everybody' })).toHaveAttribute('aria-current', 'page');
  await roles.getByRole('link', { name: 'Admin' }).click();
  await expect(roles.getByRole('link', { name: 'Admin' })).toHaveAttribute('aria-current', 'page');
  await expect(people.personRow(page, people.operator.email)).toBeVisible();
  await expect(people.personRow(page, people.learner.email)).toHaveCount(0);
  await roles.getByRole('link', { name: 'Support' }).click();
  await expect(roles.getByRole('link', { name: 'Support' })).toHaveAttribute('aria-current', 'page');
  await expect(people.personRow(page, people.operator.email)).toHaveCount(0);
});

test('a new role holds at once, in the session that runs', async ({ page, newPerson }) => {
  const somebody = await newPerson();
  const email = await member(somebody);
  const teach = somebody.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Teach' });
  await somebody.goto('/teach');
  await expect(somebody.getByRole('heading', { level: 1 })).toHaveText('Not for this account');
  await expect(teach).toHaveCount(0);

  await people.signIn(page, people.operator);
  await people.findPerson(page, email);
  await people.changeRole(page, email, 'Instructor');
  await somebody.goto('/teach');
  await expect(somebody.getByRole('heading', { level: 1 })).toHaveText('Your courses');
  await expect(teach).toBeVisible();
  expect((await mailTo(page, email, 'What you may do has changed')).text).toContain('an instructor now');

  await people.findPerson(page, email);
  await people.changeRole(page, email, 'Learner');
  await somebody.goto('/teach');
  await expect(somebody.getByRole('heading', { level: 1 })).toHaveText('Not for this account');
});

test('the last admin stays one', async ({ page }) => {
  await people.signIn(page, people.operator);
  await people.findPerson(page, people.operator.email);
  await people.changeRole(page, people.operator.email, 'Learner');
  await expect(page.getByRole('alert')).toContainText('This is the last admin');
  await page.goto('/operate/people?role=admin');
  await expect(people.personRow(page, people.operator.email)).toBeVisible();
});

test("support sees people and ends somebody's sessions, but changes no role", async ({ page, newPerson, server }) => {
  const somebody = await newPerson();
  const email = await member(somebody);
  const support = { email: stranger(), password: 'a quiet morning in May' };
  await server.addAccount({ ...support, name: 'Percy', role: 'support' });

  await people.signIn(page, support);
  await people.findPerson(page, email);
  await expect(people.personRow(page, email)).toContainText('Learner');
  await expect(page.getByRole('combobox')).toHaveCount(0);
  await expect(page.getByText('Invite somebody')).toHaveCount(0);
  await people.endSessions(page, email);
  await somebody.goto('/account');
  await expect(somebody).toHaveURL(/\/sign-in/);
  await page.goto('/operate/audit');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Not for this account');
});

test('who operates nothing does not see who has an account', async ({ page }) => {
  await people.signIn(page, people.learner);
  await page.goto('/operate/people');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Not for this account');
});
