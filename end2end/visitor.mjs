// Somebody who looks at one page again and again, on a thread of their own: what else a test does must not make them wait.
// Told 'over', they say how long each look took, in milliseconds, and how many failed because nobody answered.
import { parentPort, workerData } from 'node:worker_threads';

let over = false;
parentPort.on('message', () => (over = true));

const took = [];
let failed = 0;
while (!over) {
  const start = performance.now();
  const answer = await fetch(workerData.url).catch(() => undefined);
  if (answer?.ok) {
    await answer.text();
    took.push(performance.now() - start);
  } else failed += 1;
  await new Promise((resolve) => setTimeout(resolve, 10));
}
parentPort.postMessage({ took, failed });
parentPort.close();
