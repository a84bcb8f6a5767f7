// Many clients that read a little from time to time, from this process.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

export class SlowReaders {
  received = 0;
  open = 0;
  private readonly sockets: Socket[] = [];
  private turn?: NodeJS.Timeout;

  /** Connects them, each of which asks for this path; returns once all have the beginning of their answer. */
  static async connect(port: number, path: string, cookie: string, count: number): Promise<SlowReaders> {
    const all = new SlowReaders();
    const request = `GET ${path} HTTP/1.1\r\nHost: localhost\r\nCookie: ${cookie}\r\n\r\n`;
    // Each reads once in five seconds.
    let next = 0;
    all.turn = setInterval(() => {
      const { length } = all.sockets;
      for (let n = 0; n < length / 50; n++) all.received += all.sockets[next++ % length]?.read()?.length ?? 0;
    }, 100);
    while (all.sockets.length < count) {
      const begun = Array.from({ length: 100 }, async () => {
        // Small pieces: a socket gives what it has once it is asked, and asks the system for more.
        const socket = connect({ port, host: '127.0.0.1', highWaterMark: 4096 } as never);
        socket.on('close', () => all.open--);
        socket.on('error', () => {});
        await once(socket, 'connect');
        all.open++;
        socket.write(request);
        await once(socket, 'readable');
        const beginning: Buffer = socket.read();
        if (!beginning.toString('latin1').startsWith('HTTP/1.1 200 ')) throw new Error('refused');
        all.sockets.push(socket);
      });
      await Promise.all(begun);
    }
    return all;
  }

  leave(): void {
    clearInterval(this.turn);
    for (const socket of this.sockets) socket.destroy();
  }
}
