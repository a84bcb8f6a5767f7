// Where the table is run: the edge that is built in, or a distribution somewhere else.
import { createPrivateKey } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Server } from '../end2end/server.ts';
import type { Foreign } from './foreign.ts';
import { ask } from './request.ts';
import { canned, type Key, names, newKey, parts, signText } from './signing.ts';

/**
 * Which key signs a row. `active` signs for the target now, `rsa` and `ecdsa` are trusted keys of that kind, `second`
 * is another trusted one, `retired` was active before, `removed` was trusted before; `stranger` never was, `impostor`
 * is a stranger who uses the active key's id, `mistaken` is the active key under the id of `second`.
 */
export type KeyName = 'active' | 'rsa' | 'ecdsa' | 'second' | 'retired' | 'removed' | 'stranger' | 'impostor' | 'mistaken';

export class Target {
  private constructor(
    readonly origin: URL,
    /** The path of a file that is there. */
    readonly file: string,
    /** The address from which it sees us, where we know it. */
    private readonly client: string | undefined,
    private readonly keys: Partial<Record<KeyName, Key>>,
    private readonly builtIn: boolean,
    readonly stop: () => Promise<void>,
  ) {}

  /** A server of our own, whose data folder holds the file, its neighbours, and the keys. */
  static async builtIn(): Promise<Target> {
    const server = await Server.start(join(import.meta.dirname, 'no-courses.json'));
    const file = '/media/A/1/0.m4s';
    for (const path of [file, '/media/A/1/other-0.m4s', '/media/A/2/0.m4s', '/media/A/10/0.m4s', '/media/AB/1/0.m4s']) {
      const place = join(server.data, 'blobs', path);
      await mkdir(dirname(place), { recursive: true });
      await writeFile(place, `the film ${path}`);
    }
    const [retired, second, removed, ecdsa, active] = [newKey('rsa'), newKey('rsa'), newKey('rsa'), newKey('ecdsa'), newKey('rsa')];
    const mistaken = { id: second.id, key: active.key };
    const keys = { retired, second, removed, ecdsa, active, rsa: active, mistaken, ...strangers(active) };
    const target = new Target(new URL(server.url), file, '127.0.0.1', keys, true, () => server.stop());
    // One key after the other becomes the active one, while the server runs.
    for (const key of [retired, second, removed, ecdsa, active]) {
      await writeFile(keyFile(server, key), key.key.export({ type: 'pkcs8', format: 'pem' }));
      server.signal('SIGHUP');
      await target.until(key, true);
    }
    await rm(keyFile(server, removed));
    server.signal('SIGHUP');
    await target.until(removed, false);
    return target;
  }

  /** Waits until what a key signs opens the file, or does not open it any more. */
  private async until(key: Key, opens: boolean): Promise<void> {
    const expires = this.now() + 60;
    const text = canned(this.origin.origin + this.file, expires);
    const signed = signText(text, key, 'SHA256', { expires: String(expires) });
    const query = parts.flatMap((part) => (signed[part] ? [`${names[part]}=${signed[part]}`] : []));
    const deadline = Date.now() + 10_000;
    for (;;) {
      const { status } = await ask(this.origin, 'GET', `${this.file}?${query.join('&')}`, []);
      if ((status === 200) === opens) return;
      if (Date.now() > deadline) throw new Error(`${status} for key ${key.id}, which ${opens ? 'was added' : 'was taken away'}`);
      await new Promise((later) => setTimeout(later, 20));
    }
  }

  /** A distribution, which trusts one key of ours. */
  static async foreign({ origin, file, keyFile, keyPairId, client }: Foreign): Promise<Target> {
    const active = { id: keyPairId, key: createPrivateKey(await readFile(keyFile)) };
    const rsa = active.key.asymmetricKeyType === 'rsa';
    const keys = { active, [rsa ? 'rsa' : 'ecdsa']: active, ...strangers(active) };
    return new Target(origin, file, client, keys, false, async () => {});
  }

  /** Why a row cannot be run here: what it needs and this target does not have. */
  lacks(needs: string[]): string | undefined {
    return needs.find((need) => {
      if (need === 'client address') return !this.client;
      if (need === 'what no guide says') return !this.builtIn;
      if (need === 'SHA-1') return !this.keys.rsa;
      return !this.keys[need.replace('key: ', '') as KeyName];
    });
  }

  key(name: KeyName): Key {
    const key = this.keys[name];
    if (!key) throw new Error(`this target has no key called ${name}`);
    return key;
  }

  /** Seconds since 1970. */
  now(): number {
    return Math.floor(Date.now() / 1000);
  }

  /** Replaces what stands in `{}` by what is true of this target. */
  expand(template: string): string {
    const { protocol, host, hostname, port } = this.origin;
    const scheme = protocol.slice(0, -1);
    const [folder, name] = split(this.file);
    const values: Record<string, string> = {
      origin: this.origin.origin,
      scheme,
      'other scheme': scheme === 'https' ? 'http' : 'https',
      authority: host,
      'authority-1': host.slice(1),
      host: hostname,
      port: port || (scheme === 'https' ? '443' : '80'),
      file: this.file,
      FILE: this.file.toUpperCase(),
      folder,
      parent: split(folder)[0],
      name,
      'name-1': name.slice(1),
      'name-2': name.slice(2),
    };
    return template.replace(/\{([A-Za-z][A-Za-z -]*[-\d]*)\}/g, (all, key: string) => values[key] ?? all)
      .replace(/\{([+-]\d+)\}/g, (_, seconds: string) => String(this.now() + Number(seconds)))
      .replace(/\{client\/(\d+)\}/g, (_, bits: string) => network(this.client, Number(bits), false))
      .replace(/\{outside\/(\d+)\}/g, (_, bits: string) => network(this.client, Number(bits), true));
  }
}

/** Where the server looks for keys: one file each, the newest is active. */
function keyFile(server: Server, { id }: Key): string {
  return join(server.data, 'media-keys', `${id}.pem`);
}

/** Keys that nobody trusts. */
function strangers(active: Key): { stranger: Key; impostor: Key } {
  const stranger = newKey(active.key.asymmetricKeyType === 'rsa' ? 'rsa' : 'ecdsa');
  return { stranger, impostor: { id: active.id, key: stranger.key } };
}

function split(path: string): [folder: string, name: string] {
  const at = path.lastIndexOf('/');
  return [path.slice(0, at), path.slice(at + 1)];
}

/** The range of so many bits that holds an address, or the one beside it. */
function network(address: string | undefined, bits: number, beside: boolean): string {
  if (!address) throw new Error('the address from which the target sees us is not known');
  const size = 2 ** (32 - bits);
  const number = address.split('.').reduce((so, byte) => so * 256 + Number(byte), 0);
  let first = Math.floor(number / size) * size;
  if (beside) first += (first / size) % 2 ? -size : size;
  return `${[24, 16, 8, 0].map((shift) => Math.floor(first / 2 ** shift) % 256).join('.')}/${bits}`;
}
