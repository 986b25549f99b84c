import { InputError } from "../../emu/input-error.ts";
import { readFileCapped } from "./read-file.ts";
import { printable } from "./text.ts";

const MAX_SCRIPT_BYTES = 16 * 1024 * 1024;

/**
 * Buttons by frame, as `--input` files hold them: each entry's mask is in force from its frame on until
 * the next entry. Before the first entry nothing is pressed.
 */
export class InputScript {
  readonly #frames: Float64Array;
  readonly #masks: Uint32Array;
  /** Entries before this index have begun at the last frame asked for: most questions come in order. */
  #next = 0;

  /** Frames ascend strictly; both arrays are of one length. */
  constructor(frames: Float64Array, masks: Uint32Array) {
    this.#frames = frames;
    this.#masks = masks;
  }

  /** How many entries there are. */
  get length(): number {
    return this.#frames.length;
  }

  /** The last frame at which something changes; −1 when nothing ever does. */
  get lastFrame(): number {
    return this.#frames[this.#frames.length - 1] ?? -1;
  }

  /** Buttons held in `frame`: one byte a port, port 1 lowest, bits as in `InputSource.latchButtons`. */
  maskAt(frame: number): number {
    if (this.#next > 0 && this.#frames[this.#next - 1]! > frame) this.#next = 0;
    while (this.#next < this.#frames.length && this.#frames[this.#next]! <= frame) this.#next++;
    return this.#next === 0 ? 0 : this.#masks[this.#next - 1]!;
  }
}

/**
 * Reads `[[frame, mask], …]`: frames are integers from 0 that ascend, masks are 0–255 for port 1 (bit 0 A,
 * 1 B, 2 Select, 3 Start, 4 Up, 5 Down, 6 Left, 7 Right) with further ports in the bytes above. Throws
 * `InputError` ("data") that names the entry, counted from 0.
 */
export function parseInputScript(json: string): InputScript {
  let entries: unknown;
  try {
    entries = JSON.parse(json);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new InputError("data", `not JSON: ${printable(why)}`, "", REMEDY);
  }
  if (!Array.isArray(entries)) throw new InputError("data", "not an array of [frame, mask]", "", REMEDY);
  const frames = new Float64Array(entries.length);
  const masks = new Uint32Array(entries.length);
  for (const [index, entry] of entries.entries()) {
    const { frame, mask } = checkEntry(entry, index);
    if (index > 0 && frame <= frames[index - 1]!) {
      const what = `frame ${frame} comes after frame ${frames[index - 1]}: frames must ascend`;
      throw new InputError("data", what, `entry ${index}`);
    }
    frames[index] = frame;
    masks[index] = mask;
  }
  return new InputScript(frames, masks);
}

/** `parseInputScript` for a file; errors name it. */
export async function loadInputScript(path: string): Promise<InputScript> {
  const bytes = await readFileCapped(path, MAX_SCRIPT_BYTES);
  try {
    return parseInputScript(new TextDecoder().decode(bytes));
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const where = [printable(path), error.where].filter((part) => part !== "").join(", ");
    throw new InputError(error.kind, error.message, where, error.remedy);
  }
}

const REMEDY = "an input file looks like [[0, 0], [60, 8], [64, 0]]";

function checkEntry(entry: unknown, index: number): { frame: number; mask: number } {
  const where = `entry ${index}`;
  if (!Array.isArray(entry) || entry.length !== 2) {
    throw new InputError("data", "not a pair [frame, mask]", where, REMEDY);
  }
  const [frame, mask]: unknown[] = entry;
  if (typeof frame !== "number" || !Number.isSafeInteger(frame) || frame < 0) {
    throw new InputError("data", `frame ${shown(frame)} is not an integer from 0`, where);
  }
  if (typeof mask !== "number" || !Number.isInteger(mask) || mask < 0 || mask > 0xffff_ffff) {
    throw new InputError("data", `mask ${shown(mask)} is not an integer from 0 to 255`, where);
  }
  return { frame, mask };
}

function shown(value: unknown): string {
  return printable(JSON.stringify(value) ?? String(value), 40);
}
