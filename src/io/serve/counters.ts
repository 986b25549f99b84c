import { Histogram } from "../shared/histogram.ts";
import { HISTOGRAM_WORDS } from "../shared/layout-words.ts";

export type Transport = "tcp" | "unix" | "websocket";

/** What a server has done since its start, for `/metrics`. */
export class ServerCounters {
  /** Open connections, and all connections so far, by transport. */
  readonly open: Record<Transport, number> = { tcp: 0, unix: 0, websocket: 0 };
  readonly accepted: Record<Transport, number> = { tcp: 0, unix: 0, websocket: 0 };
  /** Connections rejected because there were too many. */
  refused = 0;
  /** Connections closed because of what they sent. */
  ended = 0;
  /** Requests by method; unknown methods are counted under "". */
  readonly requests = new Map<string, number>();
  failedRequests = 0;
  /** Time from the arrival of a request until its answer is ready. */
  readonly requestMicroseconds = new Histogram(new Int32Array(HISTOGRAM_WORDS));
  spectators = 0;
  /**
   * Pictures sent to spectators and subscribers, pictures dropped for those that were too slow, and bytes.
   */
  picturesSent = 0;
  picturesDropped = 0;
  pictureBytes = 0;
  /** Encodings made for all spectators together. */
  encodings = 0;
}
