// Everything goes wrong at once with payments, and the server is killed again and again: who paid has what they paid for,
// once, who did not has not, and both books say the same.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { expect, test as base } from '@playwright/test';
import { binary, freePort, Server, until } from './server.ts';

const purchases = Number(process.env.PURCHASES ?? 60);
const kills = Number(process.env.PURCHASE_KILLS ?? 4);
const buyers = Math.min(25, Math.ceil(purchases / 3));
/** How long a buyer thinks at most before a step, in milliseconds: with a crowd that never rests, browsing waits for them. */
const thinks = Number(process.env.PURCHASE_THINKS ?? 400);
const courses = Math.ceil(purchases / buyers);

const key = 'sk_test_chaos';
const secret = 'whsec_chaos';
const password = 'a quiet morning in May';
const admin = 'grace@stoa.example';
const cards = { good: '4242424242424242', declined: '4000000000000002' };

/** What goes wrong, and how often. */
const faults: Record<string, { chance: number; millis?: number }> = {
  outage: { chance: 0.05 },
  disconnect: { chance: 0.05 },
  'lose-answer': { chance: 0.05 },
  slow: { chance: 0.05, millis: 400 },
  'rate-limit': { chance: 0.05 },
  duplicate: { chance: 0.2 },
  delay: { chance: 0.1, millis: 2_000 },
  reorder: { chance: 0.1, millis: 2_000 },
  drop: { chance: 0.15 },
  corrupt: { chance: 0.1 },
  crash: { chance: 0.05 },
};

base('who paid has it, once, whatever goes wrong', async () => {
  base.setTimeout(240_000 + purchases * (2_000 + thinks / 4) + kills * 8_000);
  const folder = await mkdtemp(join(tmpdir(), 'stoa-purchases-'));
  const [port, sandboxPort] = [await freePort(), await freePort()];
  const sandbox = new Sandbox(sandboxPort, `http://127.0.0.1:${port}/webhooks/stripe`, join(folder, 'sandbox.db'));
  await sandbox.start();
  await writeFile(join(folder, 'courses.json'), JSON.stringify(Array.from({ length: courses }, (_, n) => course(n))));
  const server = await Server.start({
    courses: join(folder, 'courses.json'),
    port,
    settings: {
      STOA_PAYMENTS__SECRET_KEY: key,
      STOA_PAYMENTS__WEBHOOK_SECRETS: secret,
      STOA_PAYMENTS__API_URL: sandbox.url,
    },
  });
  try {
    await server.command(['account', 'add', '--email', admin, '--name', 'Grace', '--role', 'admin'], password);
    const people = [];
    for (let n = 0; n < buyers; n += 1) {
      const email = `buyer${n}@stoa.example`;
      await server.command(['account', 'add', '--email', email, '--name', `Buyer ${n}`], password);
      people.push(new Buyer(server, email));
    }
    for (const buyer of people) await buyer.signIn();
    const before = visitor(server);
    await pause(purchases > 100 ? 30_000 : 3_000);
    const quiet = await before.over();
    for (const [name, rule] of Object.entries(faults)) await sandbox.does(name, { ...rule, seed: 7 });

    const amid = visitor(server);
    let bought = 0;
    const buying = Promise.all(people.map((buyer, at) => buyer.buyAll(at, () => (bought += 1))));
    const killing = (async () => {
      for (let n = 1; n <= kills; n += 1) {
        while (bought < (n * courses * buyers) / (kills + 1)) await pause(20);
        await pause(Math.random() * 300);
        await server.kill();
        await server.run();
        // What waits for a restart of the service goes on its way.
        await sandbox.acts({ action: 'restart' });
      }
    })();
    await Promise.all([buying, killing]);
    const during = await amid.over();
    await sandbox.behaves();
    await sandbox.acts({ action: 'restart' });

    const grace = new Buyer(server, admin);
    await grace.signIn();
    // The sweeper asks about what went quiet: after half a minute first, then less and less often.
    await until(async () => (await grace.count('draft')) + (await grace.count('paid')) === 0, 240_000);
    const paid = await sandbox.paid();
    await until(async () => (await grace.count('fulfilled')) >= paid.size, 240_000);

    let placed = 0;
    for (const buyer of people) {
      const orders = await buyer.orders();
      placed += orders.length;
      const theirs = orders.filter(({ order }) => paid.has(order));
      for (const { order, state } of orders) {
        expect(state === 'fulfilled', `${order} is ${state}`).toBe(paid.has(order));
        if (state !== 'fulfilled') continue;
        const { history } = await grace.get<{ history: { what: string }[] }>(`/api/payments/order?order=${order}`);
        expect(history.filter(({ what }) => what.startsWith('The buyer has')), `${order} is fulfilled once`).toHaveLength(1);
      }
      const taken = await buyer.get<unknown[]>('/api/learning/courses');
      expect(taken, 'what they take is what they paid for').toHaveLength(theirs.length);
    }
    const books = await grace.get<Books>('/api/payments/books?from=&until=');
    expect(books.differences).toEqual([]);
    for (const { ledger, service } of books.currencies) expect(ledger).toBe(service);
    console.log(
      `${placed} orders, ${paid.size} paid, ${kills} kills; catalogue p99 ${quiet.p99.toFixed(1)} ms quiet (${quiet.count}), ` +
        `${during.p99.toFixed(1)} ms amid it (${during.count}; ${during.failed} failed while the server was away)`,
    );
    expect(paid.size).toBeGreaterThan(purchases / 2);
  } finally {
    await server.stop();
    await sandbox.stop();
    await rm(folder, { recursive: true, force: true });
  }
});

type Books = { currencies: { ledger: number; service: number }[]; differences: unknown[] };
type Row = { order: string; state: string };
type Page = { orders: Row[]; next: string | null };

function course(n: number) {
  return {
    ...{ slug: `course-${n}`, title: `Course ${n}`, subtitle: '', description: 'About it.', instructor: 'Ada Okafor' },
    ...{ price_cents: 1900 + n, level: 'Beginner', updated: '2026-01-01', rating: 4.5, sections: [{ title: 'Start', lessons: [] }], reviews: [] },
  };
}

/** Somebody who buys as a browser without scripts does, and does not give up. */
class Buyer {
  private cookie = '';

  constructor(
    private readonly server: Server,
    private readonly email: string,
  ) {}

  async signIn(): Promise<void> {
    const answer = await this.post('/api/session/sign-in', { email: this.email, password, next: '/' });
    const cookies = answer.headers.getSetCookie().map((line) => line.split(';')[0] ?? '');
    this.cookie = cookies.join('; ');
    expect(this.cookie, `${this.email} is signed in`).toContain('stoa=');
  }

  /** Buys every course; now and then with a card that is declined first, and now and then never. */
  async buyAll(seed: number, done: () => void): Promise<void> {
    for (let n = 0; n < courses; n += 1) {
      const kind = (seed * 31 + n * 17) % 10;
      await this.insist(() => this.buy(`course-${n}`, kind));
      done();
    }
  }

  private async buy(slug: string, kind: number): Promise<void> {
    await pause(Math.random() * thinks);
    await this.post('/api/shop/put-in', { course: slug });
    const led = await this.post('/api/shop/pay', {});
    const to = led.headers.get('location') ?? '';
    // Payment opens later: the link comes by mail. It stands on the order's page, too.
    const page = to.includes('/orders/') ? await this.opened(to) : to;
    if (!page || kind === 0) return;
    await pause(Math.random() * thinks);
    if (kind === 1) await this.card(page, cards.declined);
    await this.card(page, cards.good);
    // Some close the browser right away.
    if (kind > 4) await this.insist(() => this.get('/api/shop/orders').then(() => undefined));
  }

  /** Where an order is paid, once it can be. */
  private async opened(address: string): Promise<string> {
    const order = /\/orders\/(\w+)/.exec(address)?.[1];
    for (let tries = 0; order && tries < 60; tries += 1) {
      const { pay_at, state } = await this.get<{ pay_at: string | null; state: string }>(`/api/shop/order?order=${order}&ask=true`);
      if (pay_at) return pay_at;
      if (!['draft', 'pending'].includes(state)) return '';
      await pause(1_000);
    }
    return '';
  }

  private async card(page: string, card: string): Promise<void> {
    // The answer may be lost between the charge and us.
    await fetch(page, { method: 'POST', redirect: 'manual', body: new URLSearchParams({ card }) }).catch(() => undefined);
  }

  async orders(): Promise<Row[]> {
    return this.all('/api/shop/orders?');
  }

  /** How many orders stand so, for who may know. */
  async count(state: string): Promise<number> {
    return (await this.all(`/api/payments/orders?state=${state}&`)).length;
  }

  private async all(path: string): Promise<Row[]> {
    const rows: Row[] = [];
    for (let after: string | null = ''; after !== null; ) {
      const page: Page = await this.get<Page>(`${path}${after && `after=${encodeURIComponent(after)}`}`);
      rows.push(...page.orders);
      after = page.next;
    }
    return rows;
  }

  async get<T>(path: string): Promise<T> {
    const answer = await fetch(this.server.url + path, { headers: { cookie: this.cookie } });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as T;
  }

  private async post(path: string, fields: Record<string, string>): Promise<Response> {
    const headers = { cookie: this.cookie, origin: this.server.url, accept: 'text/html', referer: `${this.server.url}/` };
    const answer = await fetch(this.server.url + path, { method: 'POST', redirect: 'manual', headers, body: new URLSearchParams(fields) });
    if (answer.status >= 500) throw new Error(`${path}: ${answer.status}`);
    return answer;
  }

  /** Again and again, where the server is away. */
  private async insist(act: () => Promise<void>): Promise<void> {
    for (let tries = 0; ; tries += 1) {
      try {
        return await act();
      } catch (error) {
        if (tries > 60) throw error;
        // A crowd does not come back at the same moment.
        await pause(100 + Math.random() * 400);
      }
    }
  }
}

/** The service that takes payments, as a process of its own. */
class Sandbox {
  private process?: ChildProcess;
  readonly url: string;

  constructor(
    private readonly port: number,
    private readonly webhook: string,
    private readonly store: string,
  ) {
    this.url = `http://127.0.0.1:${port}`;
  }

  async start(): Promise<void> {
    const words = ['sandbox', '--port', String(this.port), '--store', this.store, '--key', key];
    const hears = ['--webhook', this.webhook, '--webhook-secret', secret, '--retries', '1,2,4,8,15,30'];
    this.process = spawn(binary, [...words, ...hears], { stdio: 'ignore' });
    await until(() => fetch(`${this.url}/faults/rules`).then((answer) => answer.ok, () => false));
  }

  async stop(): Promise<void> {
    const child = this.process;
    if (!child || child.exitCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGTERM');
    await gone;
  }

  does = (fault: string, rule: object) => this.ask('PUT', `/faults/rules/${fault}`, rule);
  behaves = () => this.ask('DELETE', '/faults/rules');
  acts = (action: object) => this.ask('POST', '/faults/actions', action);

  private async ask(method: string, path: string, body?: object): Promise<void> {
    const answer = await fetch(this.url + path, { method, headers: { 'content-type': 'application/json' }, body: body && JSON.stringify(body) });
    expect(answer.ok, `${path}: ${answer.status}`).toBe(true);
  }

  /** The orders that it has money for. */
  async paid(): Promise<Set<string>> {
    const orders = new Set<string>();
    for (let after = ''; ; ) {
      const answer = await fetch(`${this.url}/v1/charges?limit=100${after}`, { headers: { authorization: `Bearer ${key}` } });
      const page = (await answer.json()) as { data: { id: string; paid: boolean; metadata: { order?: string } }[]; has_more: boolean };
      for (const { paid, metadata } of page.data) {
        if (!paid || !metadata.order) continue;
        expect(orders.has(metadata.order), `${metadata.order} is charged once`).toBe(false);
        orders.add(metadata.order);
      }
      const last = page.data.at(-1);
      if (!page.has_more || !last) return orders;
      after = `&starting_after=${last.id}`;
    }
  }
}

type Looks = { p99: number; count: number; failed: number };

/** Somebody who looks at the catalogue until they are told that it is over. */
function visitor(server: Server): { over: () => Promise<Looks> } {
  // By its number: looking up a name waits for the threads that the buyers use.
  const url = `http://127.0.0.1:${server.port}/courses`;
  const worker = new Worker(new URL('visitor.mjs', import.meta.url), { workerData: { url } });
  const done = once(worker, 'message');
  return {
    over: async () => {
      worker.postMessage('over');
      const [{ took, failed }] = (await done) as [{ took: number[]; failed: number }];
      took.sort((a, b) => a - b);
      return { p99: took[Math.floor(took.length * 0.99)] ?? 0, count: took.length, failed };
    },
  };
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
