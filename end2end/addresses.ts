// Every page there is, for each kind of person: a new page belongs into this list.
import { expect, type Page } from '@playwright/test';
import { stranger } from './accounts.ts';
import { linkFrom } from './mailbox.ts';
import * as people from './people.ts';
import { demoCourse } from './server.ts';

export const everyone = ['a visitor', 'a learner', 'an instructor', 'an operator'] as const;
type Person = (typeof everyone)[number];

/** Makes the page this person's, and tells what they can open. */
export async function addressesFor(page: Page, who: Person): Promise<string[]> {
  switch (who) {
    case 'a visitor':
      return [
        ...['/', '/courses', '/courses?q=zebra', demoCourse, '/unsubscribe?topic=videos', '/unsubscribe?done=1', '/no-such-page'],
        ...['/sign-in?after=confirmed', await invitation(page), '/invitation?code=of-nobody'],
        ...['/sign-in', '/sign-up', '/confirm?email=ada%40stoa.example', '/reset', '/reset?email=ada%40stoa.example', '/second-step'],
      ];
    case 'a learner': {
      await people.signIn(page, people.learner);
      // The demo's video may still be in the making.
      await expect(() => people.enrolAndOpen(page, demoCourse)).toPass();
      return [
        ...['/', '/learning', demoCourse, new URL(page.url()).pathname],
        ...['/account', '/account/security', '/account/mail', '/account/data', '/cart', '/orders', '/change-address'],
      ];
    }
    case 'an instructor': {
      await people.signIn(page, people.instructor);
      await people.createCourse(page, 'On every page');
      await people.addSection(page, 'First steps');
      await people.addLesson(page, 'Walking');
      const editor = page.url();
      await people.openLessonEditor(page, 'Walking');
      const lesson = page.url();
      await page.goto(editor);
      await people.askToTeach(page, 'mary@stoa.example');
      const addresses = [editor, `${editor}/learners`, `${editor}/instructors`, `${editor}/price`, lesson];
      return ['/teach', '/teach/coupons', '/teach/sales', ...addresses.map((address) => new URL(address).pathname)];
    }
    case 'an operator':
      await people.signIn(page, people.operator);
      return [
        ...['/operate/videos', '/operate/people', '/operate/people?role=support', '/operate/invitations', '/operate/orders', '/operate/payments', '/operate/books'],
        ...['/operate/audit', '/operate/audit?kind=account.deleted', '/operate/audit?who=nobody'],
      ];
  }
}

/** Where an invitation is taken up. */
async function invitation(page: Page): Promise<string> {
  const email = stranger();
  await people.signIn(page, people.operator);
  await people.invite(page, email, 'Learner');
  const { pathname, search } = new URL(await linkFrom(page, email, 'invites you'));
  await people.signOut(page);
  return pathname + search;
}
