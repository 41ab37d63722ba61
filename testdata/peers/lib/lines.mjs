// Peers speak JSON lines: {"documents": {url: document}} gives the loader
// something to serve; any other line is a task and gets one line of answer, in
// order. A task that throws is answered with {"error": text}.

import {createInterface} from 'node:readline';
import {add} from './documents.mjs';

export async function answer(task) {
  for await (const line of createInterface({input: process.stdin, crlfDelay: Infinity})) {
    if (line === '') continue;
    const message = JSON.parse(line);
    if (message.documents) {
      add(message.documents);
      continue;
    }
    let result;
    try {
      result = await task(message);
    } catch (error) {
      result = {error: explain(error)};
    }
    process.stdout.write(JSON.stringify(result) + '\n');
  }
}

// explain finds the innermost reasons: the verification libraries wrap them.
export function explain(error) {
  const inner = error?.errors?.length ? error.errors : [error?.cause ?? error?.details?.cause].filter(Boolean);
  const text = [error?.message ?? String(error), error?.details?.event?.code].filter(Boolean).join(': ');
  return [text, ...inner.map(explain)].join(' < ');
}
