/** Four threads count primes. For each order they also post a message to the main thread's loop. */
import { AsyncLoop, ManagedWorkers, Runtime } from "emuterm/runtime";
import type { CountOrder } from "./prime-worker.ts";

const ORDERS = 16;

const runtime = new Runtime({ payloadBytes: 64, payloads: 64 });
const loop = new AsyncLoop(runtime);
const workers = new ManagedWorkers<CountOrder, number>({
  module: new URL("./prime-worker.ts", import.meta.url),
  threads: 4,
  queue: ORDERS,
});

const numbers = Array.from({ length: ORDERS }, (_, number) => number);
// A message goes to the task that awaits its number, so the wait must begin before the order is given.
const messages = numbers.map((number) => loop.message(number));
const counts = numbers.map((number) =>
  workers.submit({ from: number * 10_000, to: (number + 1) * 10_000, poster: runtime.poster, number }),
);

await loop.run();
const primes = (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
const texts = (await Promise.all(messages)).map((bytes) => new TextDecoder().decode(bytes.slice()));
console.log(`${primes} primes below ${ORDERS * 10_000}, the last message: ${texts.at(-1)}`);
await workers.end();
runtime.close();
