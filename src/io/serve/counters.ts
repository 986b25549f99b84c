import { Histogram } from "../shared/histogram.ts";
import { HISTOGRAM_WORDS } from "../shared/layout.ts";

export type Transport = "tcp" | "unix" | "websocket";

/** What a server has done since its start, for `/metrics`. */
export class ServerCounters {
  /** Connections that are open now, and those that there have been, by transport. */
  readonly open: Record<Transport, number> = { tcp: 0, unix: 0, websocket: 0 };
  readonly accepted: Record<Transport, number> = { tcp: 0, unix: 0, websocket: 0 };
  /** Connections that were refused because there were too many. */
  refused = 0;
  /** Connections that were ended because of what they sent. */
  ended = 0;
  /** Requests by method; those of no known method are under "". */
  readonly requests = new Map<string, number>();
  failedRequests = 0;
  /** From a request's arrival until its answer is ready. */
  readonly requestMicroseconds = new Histogram(new Int32Array(HISTOGRAM_WORDS));
  spectators = 0;
  /** Pictures that went to spectators and subscribers, those they were too slow for, and bytes. */
  picturesSent = 0;
  picturesDropped = 0;
  pictureBytes = 0;
  /** Encodings made for all spectators together. */
  encodings = 0;
}
