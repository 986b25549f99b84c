/**
 * Where each word stands in the structures of the shared memory, in words of its structure; `layout.ts`
 * places the structures.
 *
 * Every word names its one writer; anyone may read it. Two kinds of word have several writers and are changed
 * by atomic read-modify-write only: `FRAME_MIDDLE`, which both ends of the triple buffer exchange, and
 * `COMMAND_TAIL`, which producers claim by compare-exchange.
 *
 * Words written by different threads are a cache line (64 bytes, 16 words) apart.
 */

import { DEVICE_DATA_BYTES } from "../../emu/nes/input/devices.ts";

/** Words of a cache line. */
export const LINE_WORDS = 16;

/** Writers: both ends, by exchange. Index of the middle slot, plus `FRAME_FRESH`. */
export const FRAME_MIDDLE = 0;
/** Writer: machine. Frames published so far (wraps); presenters sleep on it. */
export const FRAME_PUBLISHED = LINE_WORDS;
/** Writer: machine. The slot that it draws into. */
export const FRAME_BACK = LINE_WORDS + 1;
/** Writer: presenter. The slot that it shows. */
export const FRAME_FRONT = 2 * LINE_WORDS;
export const FRAME_WORDS = 3 * LINE_WORDS;
/** Bit of `FRAME_MIDDLE`: the middle slot holds a frame that the reader has not taken. */
export const FRAME_FRESH = 4;
/** Doubles of a slot's header: frame number, time of publication (shared clock, ms), size in pixels. */
export const FRAME_HEADER_NUMBER = 0;
export const FRAME_HEADER_TIME_MS = 1;
export const FRAME_HEADER_WIDTH = 2;
export const FRAME_HEADER_HEIGHT = 3;
/** Then the machine's frames per second, and the width of a pixel divided by its height. */
export const FRAME_HEADER_RATE_HZ = 4;
export const FRAME_HEADER_ASPECT = 5;
export const FRAME_HEADER_DOUBLES = 8;

/** Writers: producers, by compare-exchange. Commands claimed so far (wraps). */
export const COMMAND_TAIL = 0;
/** Writer: machine. Commands executed so far (wraps). */
export const COMMAND_HEAD = LINE_WORDS;
/** Writer: machine. Commands that have failed so far (wraps). */
export const COMMAND_FAILURES = LINE_WORDS + 1;
export const COMMAND_SLOTS = 2 * LINE_WORDS;
/**
 * A command slot: sequence, code, five arguments, one spare word. The producer that has claimed the slot
 * writes the sequence to publish it, and the consumer to free it.
 */
export const COMMAND_SLOT_WORDS = 8;

/** One group of words per source of buttons, each a cache line apart from the next. */
export const INPUT_SOURCES = { keyboard: 0, gamepad: 1, network: 2, script: 3 } as const;
export const INPUT_SOURCE_COUNT = 4;
export const INPUT_GROUP_WORDS = 2 * LINE_WORDS;
/** Writer: the source. Buttons held now, one byte per port. */
export const INPUT_HELD = 0;
/** Writer: the source. A bit flips when its button goes down, so that a tap between two latches counts. */
export const INPUT_EDGES = 1;
/** Writer: the source. Turbo buttons held now. */
export const INPUT_TURBO = 2;
/** Writer: machine. The value of `INPUT_EDGES` that it latched last. */
export const INPUT_SEEN_EDGES = LINE_WORDS;

/**
 * After the sources. Writer: main. What devices other than controllers report: `DEVICE_DATA_WORDS` of bytes
 * in the form of the machine's `latchDevices`; then the place of movement among them (plus one, 0 for none),
 * and the total movement of the pointer, right and down (wraps).
 */
export const INPUT_DEVICES = INPUT_SOURCE_COUNT * INPUT_GROUP_WORDS;
export const DEVICE_DATA_WORDS = DEVICE_DATA_BYTES / 4;
export const DEVICE_MOTION_PLACE = DEVICE_DATA_WORDS;
export const DEVICE_MOVED_X = DEVICE_DATA_WORDS + 1;
export const DEVICE_MOVED_Y = DEVICE_DATA_WORDS + 2;

/** Writer: audio thread. Samples taken so far (wraps). */
export const AUDIO_TAIL = 0;
/** Writer: machine. Samples added so far (wraps); the audio thread sleeps on it. */
export const AUDIO_HEAD = LINE_WORDS;
export const AUDIO_WORDS = 2 * LINE_WORDS;

/** Writer: main. 1 while a recording wants frames. */
export const TAP_WANTED = 0;
/**
 * Writer: machine. Frames added so far (wraps), frames lost so far, then the number of samples in each slot.
 */
export const TAP_HEAD = LINE_WORDS;
export const TAP_LOST = LINE_WORDS + 1;
/** Writer: recorder. Frames taken so far (wraps). */
export const TAP_TAIL = 2 * LINE_WORDS;
/** Writer: machine. */
export const TAP_SAMPLE_COUNTS = 3 * LINE_WORDS;
/** Words per slot there: number of samples, width and height. */
export const TAP_SLOT_WORDS = 3;
/** Writer: machine. Readings of the sound channels so far (wraps). */
export const SCOPE_HEAD = 0;

/**
 * Snapshot cell; its one writer writes all words: versions begun and finished, then bytes and tag of each
 * half.
 */
export const CELL_BEGUN = 0;
export const CELL_FINISHED = 1;
export const CELL_BYTES = 2;
export const CELL_TAG = 4;
/** Writer: the cell's reader. Only exchanged, as a fence between copying and checking. */
export const CELL_FENCE = LINE_WORDS;
export const CELL_WORDS = 2 * LINE_WORDS;

/** Int32 words of the stats block. Writer of this line: machine. */
export const STAT_STATE = 0;
export const STAT_HEARTBEAT = 1;
export const STAT_FRAMES = 2;
export const STAT_MISSED = 3;
/** Frames that were run but not published, because a newer one was already due. */
export const STAT_SKIPPED = 4;
export const STAT_SPEED_PERCENT = 5;
export const STAT_REANCHORED = 6;
export const STAT_LATCHED_BUTTONS = 7;
export const STAT_SAMPLES_DROPPED = 8;
/** Frames that can be taken back. */
export const STAT_REWIND_FRAMES = 9;
/** Frames that went into the history to which the game can go back, less those that were taken back. */
export const STAT_REWIND_POSITION = 10;
/** `Machine.robotStatus`. */
export const STAT_ROBOT = 11;
/** `CoinSlots.panelStatus`. */
export const STAT_PANEL = 12;
/** Writer of this line: presenter. */
export const STAT_PRESENTED = LINE_WORDS;
export const STAT_PRESENT_DROPPED = LINE_WORDS + 1;
export const STAT_PRESENTER_HEARTBEAT = LINE_WORDS + 2;
/** Writer of this line: audio thread. */
export const STAT_AUDIO_UNDERRUNS = 2 * LINE_WORDS;
export const STAT_AUDIO_PLAYED = 2 * LINE_WORDS + 1;
export const STAT_AUDIO_HEARTBEAT = 2 * LINE_WORDS + 2;
/** Samples synthesized because the machine's were late. */
export const STAT_AUDIO_CONCEALED = 2 * LINE_WORDS + 3;
/** Writer of this line: main. A count that grows when the presenter must read its orders. */
export const STAT_PRESENTER_ORDER = 3 * LINE_WORDS;
/** Writer: main, for the audio thread. */
export const STAT_AUDIO_ORDER = 4 * LINE_WORDS;
export const STAT_WORDS = 5 * LINE_WORDS;
/** Doubles of the stats block, for totals that exceed 32 bits. Writer: presenter. */
export const TOTAL_PRESENTED_BYTES = 0;
export const TOTAL_DOUBLES = 8;
/**
 * Histograms of lateness and of work, `HISTOGRAM_WORDS` words each, written by the machine. See histogram.ts
 * for the buckets.
 */
export const HISTOGRAM_WORDS = 256;

/** Values of `STAT_STATE`; 0 while the machine starts. */
export const MACHINE_RUNNING = 1;
export const MACHINE_PAUSED = 2;
export const MACHINE_STOPPED = 3;
export const MACHINE_FAULTED = 4;
