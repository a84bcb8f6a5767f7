// One table of cases, two targets: the edge that is built in, in every test run, and a CloudFront distribution with
// `make edge-conformance TARGET=https://…`. What a row expects is the same for both, so whatever passes here opens,
// and fails, there in the same way.
//
// In TypeScript and not beside the server's own tests, because the signatures are worth the more the less they have in
// common with the server: OpenSSL and AWS's library make them, and no line of ours. And a foreign target needs nothing
// compiled. A row that a target cannot be asked is skipped by name, with what it lacks.
import { expect, test as base } from '@playwright/test';
import { complaint, needs, type Table } from './case.ts';
import { forgeries } from './cases/forgeries.ts';
import { opening } from './cases/opening.ts';
import { carried } from './cases/parts.ts';
import { foreign } from './foreign.ts';
import { Target } from './target.ts';

const test = base.extend<object, { target: Target }>({
  target: [
    async ({}, use) => {
      const elsewhere = foreign(process.env);
      const target = elsewhere ? await Target.foreign(elsewhere) : await Target.builtIn();
      await use(target);
      await target.stop();
    },
    { scope: 'worker', timeout: 60_000 },
  ],
});

const table: Table = { ...opening, ...carried, ...forgeries };

for (const [topic, rows] of Object.entries(table)) {
  test(topic, async ({ target }) => {
    const complaints: (string | undefined)[] = [];
    for (const row of rows) {
      const lacks = target.lacks(needs(row));
      if (lacks) console.log(`    skipped, for want of ${lacks}: ${row.name}`);
      else complaints.push(await complaint(row, target));
    }
    console.log(`    ${complaints.length} of ${rows.length} cases were run`);
    expect(complaints.filter(Boolean)).toEqual([]);
  });
}

test('each case has a name of its own', () => {
  const names = Object.values(table).flatMap((rows) => rows.map((row) => row.name));
  expect(names.length).toBeGreaterThanOrEqual(120);
  expect(new Set(names).size).toBe(names.length);
});
