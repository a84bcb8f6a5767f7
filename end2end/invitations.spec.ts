// Inviting people to have an account, in a browser that runs scripts and in one that does not.
import { stranger } from './accounts.ts';
import { expect, test } from './fixtures.ts';
import { linkFrom } from './mailbox.ts';
import * as people from './people.ts';

test('who is invited chooses a name and a password, and signs in with the role', async ({ page, newPerson }) => {
  const email = stranger();
  await people.signIn(page, people.operator);
  await people.invite(page, email, 'Instructor');
  const link = await linkFrom(page, email, 'Grace Lindqvist invites you');

  const guest = await newPerson();
  await guest.goto(link);
  await expect(guest.getByText('Grace Lindqvist invites you.')).toBeVisible();
  await people.acceptInvitation(guest, link, 'Mary Shelley', email);
  await expect(guest.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Teach' })).toBeVisible();

  await guest.goto(link);
  await expect(guest.getByText('This invitation was used already')).toBeVisible();
  await people.findPerson(page, email);
  await expect(page.getByRole('combobox', { name: `Role of ${email}` })).toHaveValue('instructor');
});

test('a weak password is refused with a sentence, and the invitation stays', async ({ page, newPerson }) => {
  const email = stranger();
  await people.signIn(page, people.operator);
  await people.invite(page, email, 'Learner');
  const link = await linkFrom(page, email, 'Grace Lindqvist invites you');
  const guest = await newPerson();
  await guest.goto(link);
  await guest.getByLabel('Name').fill('Mary');
  await guest.getByLabel('Password').fill('password1234');
  await guest.getByRole('button', { name: 'Accept the invitation' }).click();
  await expect(guest.getByRole('alert')).toContainText('guessed first');
  await people.acceptInvitation(guest, link, 'Mary', email);
});

test('whoever has an account already is not invited, and the operator reads why', async ({ page }) => {
  await people.signIn(page, people.operator);
  await people.invite(page, people.learner.email, 'Learner');
  await expect(page.getByRole('alert')).toContainText('has an account already');
});
