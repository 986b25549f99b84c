/**
 * Every event names its source by a key, an unsigned 32-bit number whose range gives the kind of source. The
 * key of a source or timer holds its slot and how often that slot has been used, so a removed key never names
 * the slot's next user.
 */

/** No event: the source was removed after the batch had been filled. */
export const KEY_NONE = 0;
/** Descriptors and sockets. */
const KEY_SOURCE_FIRST = 0x1000_0000;
/** Timers. */
const KEY_TIMER_FIRST = 0x2000_0000;
/** Posted completions: the low 28 bits are the poster's number. */
const KEY_POSTED_FIRST = 0x3000_0000;
/** `wake` was called. */
export const KEY_WAKE = 0x4000_0000;
/** Signals: the low bits are the signal's number. */
const KEY_SIGNAL_FIRST = 0x5000_0000;

const KIND_MASK = 0xf000_0000;
const SLOT_BITS = 14;
const GENERATION_BITS = 14;
/** The maximum number of sources, and of timers, of one runtime. */
export const MAX_SLOTS = 1 << SLOT_BITS;
export const GENERATION_MASK = (1 << GENERATION_BITS) - 1;
/** The largest number that can be posted as a key. */
export const MAX_POSTED_KEY = 0x0fff_ffff;

export type KeyKind = "none" | "source" | "timer" | "posted" | "wake" | "signal";

/** The kind of source that a key names. */
export function keyKind(key: number): KeyKind {
  switch ((key & KIND_MASK) >>> 0) {
    case KEY_SOURCE_FIRST:
      return "source";
    case KEY_TIMER_FIRST:
      return "timer";
    case KEY_POSTED_FIRST:
      return "posted";
    case KEY_WAKE:
      return "wake";
    case KEY_SIGNAL_FIRST:
      return "signal";
    default:
      return "none";
  }
}

export function sourceKey(slot: number, generation: number): number {
  return KEY_SOURCE_FIRST | (generation << SLOT_BITS) | slot;
}

export function timerKey(slot: number, generation: number): number {
  return KEY_TIMER_FIRST | (generation << SLOT_BITS) | slot;
}

/** The key of events posted with `number`, 0 to `MAX_POSTED_KEY`. */
export function postedKey(number: number): number {
  return KEY_POSTED_FIRST | (number & MAX_POSTED_KEY);
}

/** The key of a signal, by its number. */
export function signalKey(number: number): number {
  return KEY_SIGNAL_FIRST | number;
}

/** The slot in a source's or a timer's key. */
export function slotOf(key: number): number {
  return key & (MAX_SLOTS - 1);
}

/** The generation in a source's or a timer's key. */
export function generationOf(key: number): number {
  return (key >>> SLOT_BITS) & GENERATION_MASK;
}

/** Readiness bits, used for interest and for events. */
export const READ = 1;
export const WRITE = 2;
/** The source has an error that its next operation returns. Everything wanted is ready then. */
export const ERROR = 4;
/**
 * The peer has ended its half: reading returns what it sent before, then the end. This makes only READ ready,
 * and is reported only to an owner that wants READ: a peer that does not read may still have a full window.
 */
export const END = 8;
/** The connection is gone in both directions. Everything wanted is ready then. */
export const HANGUP = 16;
