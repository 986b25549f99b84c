import { Poster, type PosterHandle } from "../../../../src/io/runtime/bell.ts";
import { serveThread } from "../../../support/test-thread.ts";

export interface PostOrder {
  readonly handle: PosterHandle;
  readonly number: number;
  readonly posts: number;
}

/** Posts 0, 1, 2, … under its number, trying again when the queue is full; returns how often that was. */
serveThread(({ handle, number, posts }: PostOrder): number => {
  const poster = new Poster(handle);
  const idle = new Int32Array(new SharedArrayBuffer(4));
  let full = 0;
  for (let i = 0; i < posts; i++) {
    while (!poster.post(number, i)) {
      full++;
      Atomics.wait(idle, 0, 0, 0.02);
    }
  }
  return full;
});
