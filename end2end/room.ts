// A file system of its own, of a given size, to be filled: a tmpfs in a mount namespace that takes no rights to make.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';

const own = ['--user', '--map-root-user', '--mount'];

export class Room {
  private constructor(
    private readonly holder: ChildProcess,
    /** The folder, for those outside. */
    readonly path: string,
  ) {}

  /** Why there can be none on this machine; nothing where there can. */
  static async impossible(): Promise<string | undefined> {
    const mount = ['mount', '-t', 'tmpfs', 'tmpfs', '/tmp'];
    return promisify(execFile)('unshare', [...own, ...mount]).then(
      () => undefined,
      (error: Error) => `this machine lets nobody mount in a namespace of their own: ${error.message}`,
    );
  }

  /** Mounts it over a folder, for those who enter. */
  static async over(folder: string, bytes: number): Promise<Room> {
    const script = 'mount -t tmpfs -o "size=$1,mode=700" tmpfs "$2" && echo mounted && exec sleep infinity';
    const holder = spawn('unshare', [...own, 'sh', '-c', script, 'sh', String(bytes), folder], { stdio: ['ignore', 'pipe', 'inherit'] });
    await Promise.race([
      once(holder.stdout, 'data'),
      once(holder, 'exit').then(() => {
        throw new Error(`nothing could be mounted over ${folder}`);
      }),
    ]);
    return new Room(holder, `/proc/${holder.pid}/root${folder}`);
  }

  /** The words of a command that is run within. */
  within(words: string[]): string[] {
    return ['nsenter', '--target', String(this.holder.pid), '--user', '--mount', '--preserve-credentials', ...words];
  }

  /** Gives it up, with what is in it. */
  async leave(): Promise<void> {
    const gone = once(this.holder, 'exit');
    this.holder.kill();
    await gone;
  }
}
