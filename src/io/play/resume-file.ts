import { rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { InputError } from "../../emu/input-error.ts";
import { KIB } from "../../emu/units.ts";
import { writeFileWhole } from "../files/atomic-write.ts";
import { sha1Hex } from "../files/hashes.ts";
import { readFileCapped } from "../files/read-file.ts";
import type { StillPicture } from "../render/still-picture.ts";
import { inTurn } from "../saves/shared-file.ts";
import { earlierName, MAX_EARLIER_POSITIONS, moveState, readState, readStatePicture } from "./kept-states.ts";

const MAX_FACTS_BYTES = 4 * KIB;

/** The position in which the player was last. */
export interface ResumePoint {
  readonly state: Uint8Array;
  readonly savedAt: Date;
  readonly thumbnail: StillPicture | undefined;
  /** False if the game's battery save has changed since: the state would bring the old one back. */
  readonly isCurrent: boolean;
}

/** What belongs together: the three files are replaced one after the other. */
interface ResumeFacts {
  readonly state: string;
  readonly battery: string;
  readonly savedAt: string;
}

/**
 * A game's state from when the player was there last, in the folder of its slots: `resume.state` is a file
 * for `emu run --state`, `resume.png` its picture, `resume.json` the SHA-1 of the state and of the battery
 * save that belongs to it.
 */
export class ResumeFile {
  readonly #folder: string;
  /** The state that this emu has read or stored last, by its SHA-1. Any other one is of another emu. */
  #known = "";

  constructor(folder: string) {
    this.#folder = folder;
  }

  /**
   * Reads the point; undefined if there is none, or if its files do not belong together. `battery` is the
   * battery save with which the game starts now.
   */
  async load(battery: Uint8Array | undefined): Promise<ResumePoint | undefined> {
    try {
      const facts = await this.#facts();
      this.#known = facts?.state ?? "";
      const state = await readState(this.#path("state"));
      if (facts?.state !== sha1Hex([state])) return undefined;
      return {
        state,
        savedAt: new Date(facts.savedAt),
        thumbnail: await readStatePicture(this.#path("png")),
        isCurrent: facts.battery === hashOf(battery),
      };
    } catch (error) {
      // The game starts even if the folder cannot be read.
      if (error instanceof InputError) return undefined;
      throw error;
    }
  }

  /** Replaces the point. `battery` is the save that belongs to the state. Throws `InputError` ("io"). */
  async store(
    state: Uint8Array,
    battery: Uint8Array | undefined,
    picture: Uint8Array | undefined,
  ): Promise<void> {
    const facts: ResumeFacts = {
      state: sha1Hex([state]),
      battery: hashOf(battery),
      savedAt: new Date().toISOString(),
    };
    // Two emus may quit at the same moment.
    await inTurn(this.#path("state"), async () => {
      if (picture !== undefined) await writeFileWhole(this.#path("png"), picture);
      await writeFileWhole(this.#path("state"), state);
      await writeFileWhole(this.#path("json"), new TextEncoder().encode(`${JSON.stringify(facts)}\n`));
      this.#known = facts.state;
    });
  }

  /** Returns true if another emu that plays this game has stored its point since. */
  async isOfAnother(): Promise<boolean> {
    const facts = await this.#facts().catch(() => undefined);
    return facts !== undefined && facts.state !== this.#known;
  }

  /** Keeps the point, if there is one, as the latest of the earlier positions. */
  async setAside(): Promise<void> {
    const exists = await stat(this.#path("state")).catch(() => undefined);
    if (exists === undefined) return;
    // There may be fewer earlier positions than are kept.
    const move = (from: string, to: string) =>
      moveState(join(this.#folder, from), join(this.#folder, to)).catch(() => {});
    await inTurn(this.#path("state"), async () => {
      for (let number = MAX_EARLIER_POSITIONS; number > 1; number--)
        await move(earlierName(number - 1), earlierName(number));
      await move("resume", earlierName(1));
      await rm(this.#path("json"), { force: true });
    });
  }

  async #facts(): Promise<ResumeFacts | undefined> {
    return factsIn(await readFileCapped(this.#path("json"), MAX_FACTS_BYTES));
  }

  #path(extension: "state" | "png" | "json"): string {
    return join(this.#folder, `resume.${extension}`);
  }
}

function hashOf(battery: Uint8Array | undefined): string {
  return battery === undefined ? "" : sha1Hex([battery]);
}

function factsIn(file: Uint8Array): ResumeFacts | undefined {
  try {
    const { state, battery, savedAt } = JSON.parse(new TextDecoder().decode(file)) ?? {};
    const texts: unknown[] = [state, battery, savedAt];
    const isWhole = texts.every((text) => typeof text === "string") && !Number.isNaN(Date.parse(savedAt));
    return isWhole ? { state, battery, savedAt } : undefined;
  } catch {
    return undefined;
  }
}
