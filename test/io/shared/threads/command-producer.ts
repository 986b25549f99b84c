import { CommandProducer } from "../../../../src/io/shared/command-ring.ts";
import { serveThread } from "../../../support/test-thread.ts";

export interface ProducerOrder {
  readonly words: Int32Array;
  readonly producer: number;
  readonly commands: number;
}

/** Queues its commands in order, and tries again if the ring is full. Returns how often that happened. */
serveThread(({ words, producer, commands }: ProducerOrder): number => {
  const ring = new CommandProducer(words);
  const idle = new Int32Array(new SharedArrayBuffer(4));
  let full = 0;
  for (let i = 0; i < commands; i++) {
    while (ring.push(1, producer, i, ~i) < 0) {
      full++;
      Atomics.wait(idle, 0, 0, 0.02);
    }
  }
  return full;
});
