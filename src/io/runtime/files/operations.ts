/** The operations of a batch. Those from read to close use a file within a chain. */
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

/** Names of the operations, by their numbers. */
export const OPERATION_NAMES = [
  "none",
  "open",
  "read",
  "write",
  "fsync",
  "close",
  "accept",
  "connect",
  "poll",
  "timeout",
  "cancel",
] as const;

/** Number of phases of a level, for engines that carry intents out one after the other. */
export const PHASES_PER_LEVEL = 3;

/**
 * The phase of its level in which an operation is carried out. 0: most operations. 1: operations that wait,
 * possibly for an operation of the same level. 2: operations that ask how those ended.
 */
export function phaseOf(operation: number): number {
  if (operation === FILE_CANCEL) return 2;
  return operation === FILE_ACCEPT || operation === FILE_POLL || operation === FILE_TIMEOUT ? 1 : 0;
}

/** How a file is opened: `O_` flags as `node:fs` has them for this platform. */
export { constants as openFlags } from "node:fs";

/** Results are ≥ 0, or a negated Linux error number. These are the errors that engines themselves return. */
export const NOT_THERE = -2;
export const BAD_FILE = -9;
export const NOT_SUPPORTED = -95;
export const TIMED_OUT = -62;
export const CANCELLED = -125;

/** No offset: read or write at the file position. */
export const CURRENT_POSITION = -1;

/**
 * Limits how many intents in a row can wait for each other: level n + 1 begins when all results of level n
 * have arrived.
 */
export const LEVEL_BITS = 8;
export const MAX_LEVELS = (1 << LEVEL_BITS) - 1;
