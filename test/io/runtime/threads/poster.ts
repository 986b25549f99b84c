import { Poster, type PosterHandle } from "../../../../src/io/runtime/bell.ts";
import { serveThread } from "../../../support/test-thread.ts";

export interface PostOrder {
  readonly handle: PosterHandle;
  readonly number: number;
  readonly posts: number;
  /** True if each post carries its number as four bytes. */
  readonly withBytes?: boolean;
}

/**
 * Posts 0, 1, 2, … under its number, and tries again if the queue is full. Returns how often that happened.
 */
serveThread(({ handle, number, posts, withBytes }: PostOrder): number => {
  const poster = new Poster(handle);
  const idle = new Int32Array(new SharedArrayBuffer(4));
  const words = new Int32Array(1);
  const bytes = new Uint8Array(words.buffer);
  const post = (i: number) => {
    words[0] = i;
    return withBytes ? poster.postBytes(number, i, bytes) : poster.post(number, i);
  };
  let full = 0;
  for (let i = 0; i < posts; i++) {
    while (!post(i)) {
      full++;
      Atomics.wait(idle, 0, 0, 0.02);
    }
  }
  return full;
});
