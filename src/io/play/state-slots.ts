import { type Stats, statSync } from "node:fs";
import { rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { InputError } from "../../emu/input-error.ts";
import { writeFileWhole } from "../files/atomic-write.ts";
import type { StillPicture } from "../render/still-picture.ts";
import { inTurn } from "../saves/shared-file.ts";
import { type Log, NO_LOG } from "../shared/log.ts";
import { keepState, moveState, readState, readStatePicture, replacedName } from "./kept-states.ts";

export const SLOTS = 10;

/** A slot's contents. */
export interface SlotInfo {
  readonly slot: number;
  readonly savedAt: Date;
  readonly thumbnail: StillPicture | undefined;
}

/**
 * A game's numbered states, stored in its own folder: `slot-3.state` is a file for `emu run --state`,
 * `slot-3.png` the picture of that moment. The state that a save replaces is kept as `slot-3.replaced.state`.
 */
export class StateSlots {
  readonly folder: string;
  /** States that are not on the disk: those being written, and those that could not be written. */
  readonly #unwritten = new Map<number, Uint8Array>();
  /** The version of each slot's file that the player knows. Any other version was saved by another emu. */
  readonly #known = new Map<number, string>();
  readonly #log: Log;
  #last: Promise<unknown> = Promise.resolve();

  constructor(folder: string, log: Log = NO_LOG) {
    this.folder = folder;
    this.#log = log;
    for (let slot = 0; slot < SLOTS; slot++) {
      this.#note(slot, statusOf(this.#path(slot, "state")));
    }
  }

  /**
   * Saves a state with its picture, a PNG file. Resolves when both are on the disk. If another emu has saved
   * to the slot meanwhile, that state is renamed, and its new name is returned. Throws `InputError` ("io").
   */
  save(slot: number, state: Uint8Array, picture: Uint8Array): Promise<string | undefined> {
    this.#unwritten.set(slot, state);
    const path = this.#path(slot, "state");
    const write = this.#last.then(async () => {
      const other = await inTurn(path, () => this.#write(slot, state, picture));
      if (this.#unwritten.get(slot) === state) this.#unwritten.delete(slot);
      this.#log.debug({ path, bytes: state.length, other }, "state written");
      return other;
    });
    this.#last = write.catch(() => undefined);
    return write;
  }

  async #write(slot: number, state: Uint8Array, picture: Uint8Array): Promise<string | undefined> {
    const path = this.#path(slot, "state");
    const other = await this.#renameOther(slot);
    if (statusOf(path) !== undefined) await this.#keepReplaced(slot);
    await writeFileWhole(path, state);
    // A full disk may have room for the state only. The old picture would then mislead, so it is removed.
    await writeFileWhole(this.#path(slot, "png"), picture).catch((error) => {
      this.#log.warn({ error: String(error) }, "the state's picture cannot be written");
      return rm(this.#path(slot, "png"), { force: true });
    });
    this.#note(slot, statusOf(path));
    return other;
  }

  /** Keeps the state that a save replaces. If it cannot, such as on a full disk, the save goes on. */
  async #keepReplaced(slot: number): Promise<void> {
    const from = join(this.folder, `slot-${slot}`);
    await keepState(from, join(this.folder, replacedName(slot))).catch((error) =>
      this.#log.warn({ error: String(error) }, "the replaced state cannot be kept"),
    );
  }

  /** Renames a state that another emu has saved since the player last saw the slot. Returns its new name. */
  async #renameOther(slot: number): Promise<string | undefined> {
    const status = statusOf(this.#path(slot, "state"));
    if (status === undefined || versionOf(status) === this.#known.get(slot)) return undefined;
    const name = `slot-${slot}.other`;
    await moveState(join(this.folder, `slot-${slot}`), join(this.folder, name));
    return `${name}.state`;
  }

  #note(slot: number, status: Stats | undefined): void {
    if (status === undefined) this.#known.delete(slot);
    else this.#known.set(slot, versionOf(status));
  }

  /** Reads a slot's state. Throws `InputError`: "missing" if it is empty, or "io". */
  async load(slot: number): Promise<Uint8Array> {
    const unwritten = this.#unwritten.get(slot);
    if (unwritten !== undefined) return unwritten;
    const path = this.#path(slot, "state");
    try {
      const status = statusOf(path);
      const state = await readState(path);
      this.#note(slot, status);
      return state;
    } catch (error) {
      if (!(error instanceof InputError) || error.kind !== "missing") throw error;
      throw new InputError("missing", `slot ${slot} is empty`, "", "save to it first");
    }
  }

  /** Every slot that is not empty. */
  async list(): Promise<SlotInfo[]> {
    await this.#last;
    const infos = await Promise.all(Array.from({ length: SLOTS }, (_, slot) => this.#info(slot)));
    return infos.filter((info) => info !== undefined);
  }

  async #info(slot: number): Promise<SlotInfo | undefined> {
    const status = await stat(this.#path(slot, "state")).catch(() => undefined);
    if (status === undefined) return undefined;
    this.#note(slot, status);
    const thumbnail = await readStatePicture(this.#path(slot, "png"));
    return { slot, savedAt: status.mtime, thumbnail };
  }

  #path(slot: number, kind: "state" | "png"): string {
    return join(this.folder, `slot-${slot}.${kind}`);
  }
}

/** Saving replaces the whole file, so each version has another inode or time. */
function versionOf({ ino, mtimeMs }: Stats): string {
  return `${ino}:${mtimeMs}`;
}

function statusOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}
