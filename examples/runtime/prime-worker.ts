/** A thread of workers.ts. */
import { Poster, type PosterHandle, serveOrders } from "emuterm/runtime";

export interface CountOrder {
  readonly from: number;
  readonly to: number;
  readonly poster: PosterHandle;
  /** Number under which the message is posted. */
  readonly number: number;
}

function isPrime(n: number): boolean {
  for (let divisor = 2; divisor * divisor <= n; divisor++) if (n % divisor === 0) return false;
  return n >= 2;
}

serveOrders<CountOrder, number>(({ from, to, poster, number }) => {
  let count = 0;
  for (let n = from; n < to; n++) if (isPrime(n)) count++;
  const text = new TextEncoder().encode(`${to} done`);
  // Returns false if the queue is full, which 16 messages cannot cause. An accepted message is never lost.
  if (!new Poster(poster).postBytes(number, 0, text)) throw new Error("the queue is full");
  return count;
});
