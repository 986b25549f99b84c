import { rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { InputError } from "../../emu/input-error.ts";
import { MIB } from "../../emu/units.ts";
import { writeFileWhole } from "../files/atomic-write.ts";
import { readFileCapped } from "../files/read-file.ts";
import { type Log, NO_LOG } from "../shared/log.ts";
import { shrinkPng, type Thumbnail } from "./thumbnail.ts";

export const SLOTS = 10;
const MAX_STATE_BYTES = 16 * MIB;
const MAX_PICTURE_BYTES = 4 * MIB;

/** A slot's contents. */
export interface SlotInfo {
  readonly slot: number;
  readonly savedAt: Date;
  readonly thumbnail: Thumbnail | undefined;
}

/**
 * A game's numbered states, stored in its own folder: `slot-3.state` is a file for `emu run --state`,
 * `slot-3.png` the picture of that moment.
 */
export class StateSlots {
  readonly folder: string;
  /** States of this session, so that loading need not wait for the disk. */
  readonly #recent = new Map<number, Uint8Array>();
  #last: Promise<void> = Promise.resolve();

  readonly #log: Log;

  constructor(folder: string, log: Log = NO_LOG) {
    this.folder = folder;
    this.#log = log;
  }

  /**
   * Saves a state with its picture, a PNG file. Resolves when both are on the disk. Throws `InputError`
   * ("io").
   */
  save(slot: number, state: Uint8Array, picture: Uint8Array): Promise<void> {
    this.#recent.set(slot, state);
    const write = this.#last.then(async () => {
      await writeFileWhole(this.#path(slot, "state"), state);
      this.#log.debug({ path: this.#path(slot, "state"), bytes: state.length }, "state written");
      // A full disk may have room for the state only. The old picture would then mislead, so it is removed.
      await writeFileWhole(this.#path(slot, "png"), picture).catch((error) => {
        this.#log.warn({ error: String(error) }, "the state's picture cannot be written");
        return rm(this.#path(slot, "png"), { force: true });
      });
    });
    this.#last = write.catch(() => {});
    return write;
  }

  /** Reads a slot's state. Throws `InputError`: "missing" if it is empty, or "io". */
  async load(slot: number): Promise<Uint8Array> {
    const recent = this.#recent.get(slot);
    if (recent !== undefined) return recent;
    try {
      return await readFileCapped(this.#path(slot, "state"), MAX_STATE_BYTES);
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
    const picture = await readFileCapped(this.#path(slot, "png"), MAX_PICTURE_BYTES).catch(() => undefined);
    const thumbnail = picture === undefined ? undefined : shrinkPng(picture);
    return { slot, savedAt: status.mtime, thumbnail };
  }

  #path(slot: number, kind: "state" | "png"): string {
    return join(this.folder, `slot-${slot}.${kind}`);
  }
}
