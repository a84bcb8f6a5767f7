// One request, exactly as written: no client tidies the path, the cookies or their order.
import { once } from 'node:events';
import { Agent as HttpAgent, type IncomingMessage, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';

const agents = { 'http:': new HttpAgent({ keepAlive: true }), 'https:': new HttpsAgent({ keepAlive: true }) };

export type Answer = { status: number; code: string; text: string };

/** Asks `origin` for a path. The headers are names and values in turn, so that a name may come twice. */
export async function ask(origin: URL, method: string, path: string, headers: string[]): Promise<Answer> {
  const secure = origin.protocol === 'https:';
  const sent = (secure ? httpsRequest : httpRequest)({
    agent: agents[secure ? 'https:' : 'http:'],
    hostname: origin.hostname,
    port: origin.port || undefined,
    method,
    path,
    headers: ['Host', origin.host, ...headers],
    timeout: 20_000,
  });
  sent.on('timeout', () => sent.destroy(new Error(`${origin.host} does not answer`)));
  sent.end();
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  // Of a film the first bytes are enough; of an error, all of it is within them.
  const chunks: Buffer[] = [];
  for await (const chunk of answer) if (chunks.length < 64) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString('latin1');
  return { status: answer.statusCode ?? 0, code: /<Code>(\w+)<\/Code>/.exec(text)?.[1] ?? '', text };
}
