/** The sentinel thread's entry point. Listed as an entry point when bundling. */
import { Poster } from "./bell.ts";
import { type SentinelOrder, watch } from "./sentinel.ts";

declare const self: Worker;

self.onmessage = (event: MessageEvent<SentinelOrder>) => {
  const poster = new Poster(event.data.bell);
  watch(event.data, () => poster.ring());
  process.exit(0);
};
