import { InputError } from "../../emu/input-error.ts";
import { DEVICE_DATA_BYTES, type DeviceSetup } from "../../emu/nes/input/devices.ts";
import { type DeviceWords, setDevices } from "../input/device-words.ts";
import { FrameEntries } from "./frame-entries.ts";

/**
 * Input of devices other than controllers, by frame. An entry has DEVICE_DATA_BYTES bytes, laid out as in
 * `emu/nes/input/devices.ts`.
 */
export class DeviceScript {
  readonly #entries: FrameEntries;
  readonly #data: Uint8Array;

  /** `frames` must strictly ascend; `data` holds one entry per frame. */
  constructor(frames: Float64Array, data: Uint8Array) {
    this.#entries = new FrameEntries(frames);
    this.#data = data;
  }

  /** Number of entries. */
  get length(): number {
    return this.#entries.frames.length;
  }

  /** The arrays that the constructor takes, for sending the script to another thread. */
  get entries(): { readonly frames: Float64Array; readonly data: Uint8Array } {
    return { frames: this.#entries.frames, data: this.#data };
  }

  /** The frame at which entry `index` begins. */
  frameOf(index: number): number {
    return this.#entries.frames[index]!;
  }

  /** Entry `index` itself. */
  entry(index: number): Uint8Array {
    return this.#data.subarray(index * DEVICE_DATA_BYTES, (index + 1) * DEVICE_DATA_BYTES);
  }

  /** Copies the entry for `frame` to `into`; fills it with zeros before the first entry. */
  fill(frame: number, into: Uint8Array): void {
    const index = this.#entries.indexAt(frame);
    if (index < 0) into.fill(0);
    else into.set(this.entry(index));
  }
}

/** What devices do from a frame on: in words, or all bytes. */
export type DeviceEntry = readonly [frame: number, input: DeviceWords | Uint8Array];

/**
 * Makes a script of entries whose frames ascend. Ports that an entry does not name keep their state. Throws
 * `InputError` ("data") for words that the devices in `setup` do not know; `placeOf` names the entry.
 */
export function deviceScriptOf(
  entries: readonly DeviceEntry[],
  setup: DeviceSetup,
  placeOf: (index: number) => string,
): DeviceScript {
  const data = new Uint8Array(entries.length * DEVICE_DATA_BYTES);
  const current = new Uint8Array(DEVICE_DATA_BYTES);
  for (const [index, [, input]] of entries.entries()) {
    if (input instanceof Uint8Array) {
      current.fill(0);
      current.set(input);
    } else {
      try {
        setDevices(current, setup, input);
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        throw new InputError("data", error.message, placeOf(index), error.remedy);
      }
    }
    data.set(current, index * DEVICE_DATA_BYTES);
  }
  return new DeviceScript(
    Float64Array.from(entries, ([frame]) => frame),
    data,
  );
}

/** Collects one entry per frame and stores only the changes. */
export class DeviceLog {
  #frames = new Float64Array(16);
  #data = new Uint8Array(16 * DEVICE_DATA_BYTES);
  #entries = 0;
  #length = 0;

  /** Adds the entry of the next frame. */
  add(data: Uint8Array): void {
    if (this.#isNew(data)) {
      if (this.#entries === this.#frames.length) this.#grow();
      this.#frames[this.#entries] = this.#length;
      this.#data.set(data, this.#entries * DEVICE_DATA_BYTES);
      this.#entries++;
    }
    this.#length++;
  }

  /** Returns the entries as a script; undefined if every byte was 0 in every frame. */
  toScript(): DeviceScript | undefined {
    if (this.#entries === 0) return undefined;
    const data = this.#data.slice(0, this.#entries * DEVICE_DATA_BYTES);
    return new DeviceScript(this.#frames.slice(0, this.#entries), data);
  }

  #isNew(data: Uint8Array): boolean {
    const start = (this.#entries - 1) * DEVICE_DATA_BYTES;
    for (let at = 0; at < DEVICE_DATA_BYTES; at++) {
      if (data[at] !== (start < 0 ? 0 : this.#data[start + at])) return true;
    }
    return false;
  }

  #grow(): void {
    const frames = new Float64Array(this.#frames.length * 2);
    frames.set(this.#frames);
    const data = new Uint8Array(frames.length * DEVICE_DATA_BYTES);
    data.set(this.#data);
    this.#frames = frames;
    this.#data = data;
  }
}
