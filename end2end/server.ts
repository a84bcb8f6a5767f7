// The real program, on a free port, with data of its own that goes when it stops.
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { clip, excerpt, run } from './films.ts';
import { Room } from './room.ts';

const root = resolve(import.meta.dirname, '..');
export const binary = process.env.STOA_BIN ?? join(root, 'target/release/stoa');
const site = process.env.STOA_SITE ?? join(root, 'target/site');

/** The course of the demo whose first lesson has a video. */
export const demoCourse = '/courses/making-of-big-buck-bunny';

type Options = { courses?: string; film?: string; settings?: Record<string, string>; port?: number; room?: number };

export class Server {
  private process?: ChildProcess;
  private log = '';
  private readonly environment: NodeJS.ProcessEnv;

  private constructor(
    readonly port: number,
    /** Its data folder, for the test; for itself it may be elsewhere. */
    readonly data: string,
    private readonly folder: string,
    private readonly serve: string[],
    private readonly room?: Room,
  ) {
    // Not what the developer has configured for the server that they look at.
    const foreign = Object.entries(process.env).filter(([name]) => !name.startsWith('STOA_'));
    this.environment = {
      ...Object.fromEntries(foreign),
      STOA_DATA_DIR: folder,
      STOA_SITE_DIR: site,
      STOA_PUBLIC_URL: this.url,
      // Tests leave their browsers without saying so, and one person watches in many of them.
      STOA_PLAYBACK__MAX_DEVICES: '100',
    };
  }

  /**
   * Starts with demo data or with these courses, and returns when requests are answered. The demo's video is made of
   * `film`; `settings` are variables of the environment; the data has `room` bytes on a file system of its own.
   */
  static async start({ courses, film, settings, port, room: size }: Options = {}): Promise<Server> {
    const folder = await mkdtemp(join(tmpdir(), 'stoa-e2e-'));
    const room = size ? await Room.over(folder, size) : undefined;
    const server = new Server(port ?? (await freePort()), room?.path ?? folder, folder, courses ? ['serve'] : ['serve', '--demo'], room);
    Object.assign(server.environment, settings);
    if (courses) await run(binary, ['import', courses], { cwd: folder, env: server.environment });
    else server.environment.STOA_DEMO__FILM = film ?? (process.env.SCREENSHOTS ? await excerpt() : await clip({ size: '640x360' }));
    await server.run();
    // The demo arrives while requests are answered already; its video is the last to be there.
    if (!courses) await until(() => server.hasVideo(), film ? 600_000 : 30_000);
    return server;
  }

  private async hasVideo(): Promise<boolean> {
    const files = await readdir(join(this.data, 'blobs', 'media'), { recursive: true }).catch(() => []);
    return files.some((file) => file.endsWith('master.m3u8'));
  }

  get url(): string {
    return `http://localhost:${this.port}`;
  }

  get pid(): number {
    const pid = this.process?.pid;
    if (!pid) throw new Error('the server is not running');
    return pid;
  }

  /** Starts it (again), on the same port and data. */
  async run(): Promise<void> {
    const child = this.spawn([...this.serve, '--port', String(this.port)], {
      cwd: this.folder,
      env: this.environment,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.process = child;
    const keep = (chunk: Buffer) => (this.log = (this.log + chunk.toString()).slice(-200_000));
    child.stdout?.on('data', keep);
    child.stderr?.on('data', keep);

    await until(async () => {
      if (child.exitCode !== null) throw new Error(`the server ended:\n${this.log}`);
      return fetch(`${this.url}/health/ready`).then(
        (response) => response.ok,
        () => false,
      );
    });
  }

  private spawn(words: string[], options: SpawnOptions): ChildProcess {
    const [program = binary, ...rest] = this.room?.within([binary, ...words]) ?? [binary, ...words];
    return spawn(program, rest, options);
  }

  /** Runs another command of the program on the same data; `input` is what it is told. */
  async command(words: string[], input: string): Promise<void> {
    const child = this.spawn(words, { cwd: this.folder, env: this.environment, stdio: ['pipe', 'ignore', 'inherit'] });
    child.stdin?.end(`${input}\n`);
    const [code] = await once(child, 'exit');
    if (code !== 0) throw new Error(`stoa ${words.join(' ')} ended with ${code}`);
  }

  /** Adds an account, as an operator would on the machine. */
  async addAccount({ email, name, role, password }: { email: string; name: string; role: string; password: string }): Promise<void> {
    await this.command(['account', 'add', '--email', email, '--name', name, '--role', role], password);
  }

  /** Tells the process something that it goes on after. */
  signal(signal: NodeJS.Signals): void {
    process.kill(this.pid, signal);
  }

  /** Ends the process as a power cut would. */
  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  /** Ends the process as an operator would, and removes its data. */
  async stop(): Promise<void> {
    await this.end('SIGTERM');
    await this.room?.leave();
    await rm(this.folder, { recursive: true, force: true });
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    const child = this.process;
    this.process = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill(signal);
    await gone;
  }

  /** Resident memory in bytes: now, or the most it ever was. */
  async memory(which: 'VmRSS' | 'VmHWM'): Promise<number> {
    const status = await readFile(`/proc/${this.pid}/status`, 'utf8');
    const kibibytes = new RegExp(`^${which}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1];
    return Number(kibibytes) * 1024;
  }

  /** The newest lines it wrote, for a failing test. */
  get newestLog(): string {
    return this.log;
  }
}

export async function until(done: () => Promise<boolean>, patience = 30_000): Promise<void> {
  const deadline = Date.now() + patience;
  while (!(await done())) {
    if (Date.now() > deadline) throw new Error(`waited in vain for ${done}`);
    await new Promise((later) => setTimeout(later, 5));
  }
}

export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (!address || typeof address === 'string') throw new Error('no port');
  return address.port;
}
