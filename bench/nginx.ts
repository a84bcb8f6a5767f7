// nginx as somebody would set it up to serve the same files, on loopback.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, type Server, until } from '../end2end/server.ts';

export class Nginx {
  private constructor(
    private readonly process: ChildProcess,
    private readonly folder: string,
    /** Serves whoever asks. */
    readonly open: string,
    /** Asks Stoa's edge by HEAD, with the cookies of the request, whether it may (`auth_request`). */
    readonly checked: string,
  ) {}

  /** Serves the media of this server: Debian's settings for speed (a worker for each core, sendfile), and no log. */
  static async start(server: Server): Promise<Nginx> {
    const folder = await mkdtemp(join(tmpdir(), 'stoa-nginx-'));
    const [open, checked] = [await freePort(), await freePort()];
    const configuration = `
      daemon off;
      ${process.getuid?.() === 0 ? 'user root;' : ''}
      worker_processes auto;
      pid ${folder}/pid;
      error_log stderr error;
      events { worker_connections 4096; }
      http {
        access_log off;
        sendfile on;
        tcp_nopush on;
        keepalive_requests 1000000;
        client_body_temp_path ${folder}/body;
        proxy_temp_path ${folder}/proxy;
        fastcgi_temp_path ${folder}/fastcgi;
        uwsgi_temp_path ${folder}/uwsgi;
        scgi_temp_path ${folder}/scgi;
        types { application/vnd.apple.mpegurl m3u8; video/mp4 m4s; }
        root ${server.data}/blobs;
        upstream edge { server 127.0.0.1:${server.port}; keepalive 128; keepalive_requests 1000000; }
        server { listen 127.0.0.1:${open} backlog=4096; }
        server {
          listen 127.0.0.1:${checked} backlog=4096;
          location /media/ { auth_request /check; }
          location = /check {
            internal;
            proxy_pass http://edge$request_uri;
            proxy_method HEAD;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
          }
        }
      }`;
    await writeFile(join(folder, 'nginx.conf'), configuration);
    const child = spawn('nginx', ['-e', 'stderr', '-p', folder, '-c', join(folder, 'nginx.conf')], { stdio: ['ignore', 'ignore', 'inherit'] });
    const [url, checkedUrl] = [`http://127.0.0.1:${open}`, `http://127.0.0.1:${checked}`];
    await until(async () => {
      if (child.exitCode !== null) throw new Error('nginx ended');
      return fetch(url).then(
        () => true,
        () => false,
      );
    });
    return new Nginx(child, folder, url, checkedUrl);
  }

  async stop(): Promise<void> {
    if (this.process.exitCode === null) {
      const gone = once(this.process, 'exit');
      this.process.kill('SIGTERM');
      await gone;
    }
    await rm(this.folder, { recursive: true, force: true });
  }
}
