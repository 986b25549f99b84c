import type { InputSource } from "../../emu/machine.ts";
import {
  DEVICE_DATA_WORDS,
  DEVICE_MOTION_PLACE,
  DEVICE_MOVED_X,
  DEVICE_MOVED_Y,
  INPUT_DEVICES,
  INPUT_EDGES,
  INPUT_GROUP_WORDS,
  INPUT_HELD,
  INPUT_SEEN_EDGES,
  INPUT_SOURCE_COUNT,
  INPUT_SOURCES,
  INPUT_TURBO,
} from "./layout-words.ts";

/** A turbo button is down for two latches and up for two: 15 presses per second. */
const TURBO_LATCHES = 2;

export type InputSourceName = keyof typeof INPUT_SOURCES;

/**
 * A source of buttons: the keyboard, a pad, the network or a script. One thread writes each source. A word
 * has one byte per port, port 0 lowest; bit 0 A, 1 B, 2 Select, 3 Start, 4 Up, 5 Down, 6 Left, 7 Right.
 */
export class InputWriter {
  readonly #words: Int32Array;
  readonly #group: number;

  /** `words` is the `inputs` block of the shared layout. */
  constructor(words: Int32Array, source: InputSourceName) {
    this.#words = words;
    this.#group = INPUT_SOURCES[source] * INPUT_GROUP_WORDS;
  }

  /**
   * Sets the buttons held from now on. A press that ends before the machine latches still counts for one
   * frame.
   */
  setButtons(buttons: number): void {
    const pressed = buttons & ~Atomics.load(this.#words, this.#group + INPUT_HELD);
    const edges = Atomics.load(this.#words, this.#group + INPUT_EDGES);
    const seen = Atomics.load(this.#words, this.#group + INPUT_SEEN_EDGES);
    const waiting = edges ^ seen;
    // Do not flip a bit that is still pending: a second flip would cancel the first press.
    Atomics.store(this.#words, this.#group + INPUT_EDGES, edges ^ (pressed & ~waiting));
    Atomics.store(this.#words, this.#group + INPUT_HELD, buttons);
  }

  /** Sets the turbo buttons from now on: they are pressed and released repeatedly. */
  setTurbo(buttons: number): void {
    Atomics.store(this.#words, this.#group + INPUT_TURBO, buttons);
  }
}

/** The main thread's side of devices other than controllers: the bytes that they report. */
export class DeviceWriter {
  readonly #words: Int32Array;

  /** `words` is the `inputs` block of the shared layout. */
  constructor(words: Int32Array) {
    this.#words = words;
  }

  /** Sets the byte at `place` from now on. */
  setByte(place: number, value: number): void {
    const at = INPUT_DEVICES + (place >> 2);
    const shift = (place & 3) * 8;
    const kept = Atomics.load(this.#words, at) & ~(0xff << shift);
    Atomics.store(this.#words, at, kept | ((value & 0xff) << shift));
  }

  /** Sets the place of the two bytes that receive movement. */
  setMotionPlace(place: number): void {
    Atomics.store(this.#words, INPUT_DEVICES + DEVICE_MOTION_PLACE, place + 1);
  }

  /** Adds a movement of the pointer, right and down. */
  move(right: number, down: number): void {
    Atomics.add(this.#words, INPUT_DEVICES + DEVICE_MOVED_X, right);
    Atomics.add(this.#words, INPUT_DEVICES + DEVICE_MOVED_Y, down);
  }
}

/** The largest movement that a mouse reports per frame. */
const MAX_MOTION = 127;

/** The machine's end: all sources together, latched when the game first reads its input in a frame. */
export class InputLatch implements InputSource {
  readonly #words: Int32Array;
  /** Buttons that commands hold for a number of frames. The machine thread sets them itself. */
  extra = 0;
  /**
   * Buttons that the program reads instead of the sources, in frames that are run again; negative for none.
   */
  replayed = -1;
  /** A movie that uses the devices instead of the player, as long as it fills in their data. */
  track: { fillDevices(data: Uint8Array): boolean } | undefined;
  #latches = 0;
  #movedX = 0;
  #movedY = 0;

  constructor(words: Int32Array) {
    this.#words = words;
  }

  latchButtons(): number {
    if (this.replayed >= 0) return this.replayed;
    this.#latches++;
    let buttons = this.extra;
    let turbo = 0;
    for (let source = 0; source < INPUT_SOURCE_COUNT; source++) {
      const group = source * INPUT_GROUP_WORDS;
      // Read the edges first: a press that comes in between is then held now, or seen by the next latch.
      const edges = Atomics.load(this.#words, group + INPUT_EDGES);
      const seen = Atomics.load(this.#words, group + INPUT_SEEN_EDGES);
      if (edges !== seen) Atomics.store(this.#words, group + INPUT_SEEN_EDGES, edges);
      buttons |= Atomics.load(this.#words, group + INPUT_HELD) | (edges ^ seen);
      turbo |= Atomics.load(this.#words, group + INPUT_TURBO);
    }
    // Turbo counts latches, not frames: a game that reads in every other frame still sees it change.
    if ((this.#latches & TURBO_LATCHES) !== 0) buttons |= turbo;
    return buttons >>> 0;
  }

  latchDevices(data: Uint8Array): void {
    if (this.replayed >= 0 || this.track?.fillDevices(data) === true) return;
    const words = this.#words;
    for (let word = 0; word < DEVICE_DATA_WORDS; word++) {
      const bytes = Atomics.load(words, INPUT_DEVICES + word);
      for (let byte = 0; byte < 4; byte++) data[4 * word + byte] = (bytes >> (8 * byte)) & 0xff;
    }
    const place = Atomics.load(words, INPUT_DEVICES + DEVICE_MOTION_PLACE) - 1;
    if (place < 0) return;
    const right = clampMotion((Atomics.load(words, INPUT_DEVICES + DEVICE_MOVED_X) - this.#movedX) | 0);
    const down = clampMotion((Atomics.load(words, INPUT_DEVICES + DEVICE_MOVED_Y) - this.#movedY) | 0);
    // Movement that does not fit stays for the next frame.
    this.#movedX = (this.#movedX + right) | 0;
    this.#movedY = (this.#movedY + down) | 0;
    data[place] = right;
    data[place + 1] = down;
  }
}

function clampMotion(pixels: number): number {
  return Math.max(-MAX_MOTION, Math.min(MAX_MOTION, pixels));
}
