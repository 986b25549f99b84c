/** What a batch can ask for. From read to close: what a file can be used for within a chain. */
export const FILE_OPEN = 1;
export const FILE_READ = 2;
export const FILE_WRITE = 3;
export const FILE_FSYNC = 4;
export const FILE_CLOSE = 5;
export const FILE_ACCEPT = 6;
export const FILE_CONNECT = 7;
export const FILE_POLL = 8;
export const FILE_TIMEOUT = 9;
export const FILE_CANCEL = 10;

/** How a file is opened: `O_` flags as `node:fs` has them for this platform. */
export { constants as openFlags } from "node:fs";

/** Results are ≥ 0, or one of Linux's error numbers with a minus. These are the ones that engines give themselves. */
export const NOT_THERE = -2;
export const BAD_FILE = -9;
export const NOT_SUPPORTED = -95;
export const TIMED_OUT = -62;
export const CANCELLED = -125;

/** No offset: read or write where the file stands. */
export const CURRENT_POSITION = -1;

/** How many intents wait for others of their batch: results of level n are there before level n + 1 begins. */
export const LEVEL_BITS = 8;
export const MOST_LEVELS = (1 << LEVEL_BITS) - 1;
