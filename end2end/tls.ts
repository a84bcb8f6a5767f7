// What stands before Stoa elsewhere: a proxy that speaks TLS, here with a certificate made for the occasion.
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from './films.ts';

export class TlsProxy {
  /** The port on loopback that requests go on to. */
  target = 0;

  private constructor(
    private readonly listener: Server,
    readonly port: number,
  ) {}

  static async start(domain: string): Promise<TlsProxy> {
    const listener = createServer(await certificate(domain));
    listener.listen(0, '127.0.0.1');
    await once(listener, 'listening');
    const proxy = new TlsProxy(listener, (listener.address() as AddressInfo).port);
    listener.on('request', (incoming, answer) => {
      const { method, url, headers } = incoming;
      const onward = request({ host: '127.0.0.1', port: proxy.target, method, path: url, headers }, (response) => {
        answer.writeHead(response.statusCode ?? 502, response.rawHeaders);
        response.pipe(answer);
      });
      onward.on('error', () => answer.destroy());
      answer.on('close', () => onward.destroy());
      incoming.pipe(onward);
    });
    return proxy;
  }

  origin(host: string): string {
    return `https://${host}:${this.port}`;
  }

  async stop(): Promise<void> {
    this.listener.closeAllConnections();
    this.listener.close();
    await once(this.listener, 'close');
  }
}

async function certificate(domain: string): Promise<{ key: Buffer; cert: Buffer }> {
  const folder = await mkdtemp(join(tmpdir(), 'stoa-tls-'));
  try {
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    const made = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '1', '-keyout', key, '-out', cert];
    await run('openssl', ['req', ...made, '-subj', `/CN=${domain}`, '-addext', `subjectAltName=DNS:*.${domain}`]);
    return { key: await readFile(key), cert: await readFile(cert) };
  } finally {
    await rm(folder, { recursive: true });
  }
}
