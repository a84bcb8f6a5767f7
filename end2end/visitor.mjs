// Somebody who looks at one page again and again, on a thread of their own: what else a test does must not make them wait.
// Told 'over', they say how long each look took, in milliseconds, and how many failed because nobody answered. `fetch` would
// take longer for itself than for the page, and differ more from look to look.
import { Agent, get } from 'node:http';
import { parentPort, workerData } from 'node:worker_threads';

let over = false;
parentPort.on('message', () => (over = true));

const agent = new Agent({ keepAlive: true });
const look = () =>
  new Promise((done) => {
    const asked = get(workerData.url, { agent }, (answer) => {
      answer.on('end', () => done(answer.statusCode === 200)).on('error', () => done(false));
      answer.resume();
    });
    asked.on('error', () => done(false));
  });

const took = [];
let failed = 0;
while (!over) {
  const start = performance.now();
  if (await look()) took.push(performance.now() - start);
  else failed += 1;
  await new Promise((resolve) => setTimeout(resolve, 10));
}
parentPort.postMessage({ took, failed });
parentPort.close();
