/** The sentinel thread's entry point. Listed as an entry point when bundling. */
import { Poster } from "./bell.ts";
import { pollInTurns, type SentinelOrder } from "./sentinel.ts";

declare const self: Worker;

self.onmessage = (event: MessageEvent<SentinelOrder>) => {
  const poster = new Poster(event.data.bell);
  pollInTurns(event.data, () => poster.ring());
  process.exit(0);
};
