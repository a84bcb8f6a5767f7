// Names as long as they may be, in one word, and names that are read from right to left: no page breaks of them.
import type { Page } from '@playwright/test';
import { everywhere } from './accessible.ts';
import { password } from './accounts.ts';
import { expect, test } from './fixtures.ts';
import { mailTo } from './mailbox.ts';
import * as people from './people.ts';

const names = [
  {
    what: 'a long word',
    email: `${'a'.repeat(60)}@${'b'.repeat(60)}.example`,
    name: 'Hubert'.padEnd(80, 'wolfeschlegelstein'),
    title: 'Donau'.padEnd(120, 'dampfschifffahrt'),
  },
  { what: 'Arabic', email: 'maryam@stoa.example', name: 'مريم بنت عبد الله', title: 'مقدمة في علم الفلك للمبتدئين' },
  { what: 'Hebrew', email: 'rivka@stoa.example', name: 'רבקה בת־שבע לוין', title: 'מבוא לאסטרונומיה' },
];

/** A course of this title in all its parts; returns the pages that show it. */
async function courseOf(page: Page, title: string): Promise<string[]> {
  await people.createCourse(page, title);
  const editor = page.url();
  const [section, lesson] = [title.slice(1), title.slice(2)];
  await people.addSection(page, section);
  await people.addLesson(page, lesson);
  const course = (await page.getByRole('link', { name: 'View course' }).getAttribute('href')) ?? '';
  await people.askToTeach(page, people.instructor.email);
  await page.goto(editor);
  await people.openLessonEditor(page, lesson);
  return [editor, `${editor}/instructors`, `${editor}/learners`, page.url(), '/teach', course];
}

for (const { what, email, name, title } of names) {
  test(`names in ${what} break no page and no mail`, async ({ page, newPerson, server }) => {
    test.setTimeout(300_000);
    await server.addAccount({ email, name, role: 'instructor', password });
    const look = (at: Page, address: string) =>
      everywhere(at, address, async () => {
        await at.goto(address);
        await people.hydrated(at);
      });
    await people.signIn(page, { email, password });
    for (const address of [...(await courseOf(page, title)), '/account', '/account/security']) await look(page, address);
    await page.getByRole('button', { name: `Account of ${name}` }).click();
    await expect(page.getByText('Signed in as').getByText(name)).toBeInViewport({ ratio: 1 });

    const operator = await newPerson();
    await people.signIn(operator, people.operator);
    for (const address of ['/operate/people', '/operate/audit']) await look(operator, address);

    const asked = await mailTo(operator, people.instructor.email, `${name} asks you to teach together`);
    expect(asked.text).toContain(`${name} asks you to teach the course “${title}” with them.`);
  });
}
