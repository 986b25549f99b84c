/** Posts to a runtime on request, or only notifies if there is none, and records the time. */
import { Poster, type PosterHandle } from "../../src/io/runtime/bell.ts";

declare const self: Worker;

self.onmessage = (event: MessageEvent<{ handle?: PosterHandle; go: Int32Array; times: Float64Array }>) => {
  const { handle, go, times } = event.data;
  const poster = handle === undefined ? undefined : new Poster(handle);
  for (let post = 0; post < times.length; post++) {
    while (Atomics.load(go, 0) <= post) Atomics.wait(go, 0, post, 1000);
    // The other thread should be asleep by then.
    Atomics.wait(go, 0, post + 1, 0.3);
    times[post] = performance.timeOrigin + performance.now();
    poster?.post(1, post);
    if (poster !== undefined) continue;
    Atomics.store(go, 1, post + 1);
    Atomics.notify(go, 1);
  }
};
