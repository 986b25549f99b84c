import type { Palette } from "../render/colors/palette.ts";
import { type Log, NO_LOG } from "../shared/log.ts";
import type { Snapshot } from "../shared/snapshot-cell.ts";
import { lastPicture } from "./last-frames.ts";
import type { PlaySession } from "./play-session.ts";
import type { ResumeFile, ResumePoint } from "./resume-file.ts";

/** What a crash or a power failure can cost a player. A state has some ten to hundred KiB. */
const STORE_EVERY_MS = 30_000;

/**
 * Stores the player's position in a game: at intervals while the game is played, so that little is lost if
 * emu is killed, and when the player quits. It is stored only if a button was pressed since the last time.
 */
export class ResumeKeeper {
  readonly #file: ResumeFile | undefined;
  readonly #log: Log;
  readonly #everyMs: number;
  #timer: ReturnType<typeof setInterval> | undefined;
  #storing: Promise<void> | undefined;
  /** True if the player has pressed a button: without one there is nothing to continue. */
  #hasPlayed = false;
  /** True if a button was pressed since the position was stored. */
  #isNew = false;
  /** True if the game goes on from the stored position, which the next one may then replace. */
  #hasContinued = false;

  /** Without `file` nothing is stored. */
  constructor(file: ResumeFile | undefined, log: Log = NO_LOG, everyMs = STORE_EVERY_MS) {
    this.#file = file;
    this.#log = log;
    this.#everyMs = everyMs;
  }

  get hasPlayed(): boolean {
    return this.#hasPlayed;
  }

  /** The position in which the player was last; undefined if there is none. */
  load(battery: Uint8Array | undefined): Promise<ResumePoint | undefined> {
    return this.#file?.load(battery) ?? Promise.resolve(undefined);
  }

  /** Begins to store the position at intervals. `palette` returns the colours of its picture. */
  start(session: PlaySession, palette: () => Palette): void {
    if (this.#file === undefined) return;
    this.#timer = setInterval(() => {
      if (!this.#isNew || !session.isRunning || this.#storing !== undefined) return;
      this.#storing = this.#storeNow(session, palette()).finally(() => {
        this.#storing = undefined;
      });
    }, this.#everyMs);
  }

  /** Call when a button has been pressed. */
  pressed(): void {
    this.#hasPlayed = true;
    this.#isNew = true;
  }

  /** Call when the game goes on from the stored position. */
  continued(): void {
    this.#hasContinued = true;
  }

  /** Ends the intervals. Resolves when nothing is being stored any more. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#storing;
  }

  /**
   * Stores a position, with the battery save that belongs to it. The stored position becomes an earlier one
   * if the game has not gone on from it, or if another emu has stored it. Rejects with `InputError` ("io") if
   * the position cannot be written.
   */
  async store(
    state: Snapshot,
    battery: Snapshot | undefined,
    picture: Uint8Array | undefined,
  ): Promise<void> {
    if (this.#file === undefined) return;
    if (!this.#hasContinued || (await this.#file.isOfAnother())) await this.#file.setAside();
    this.#hasContinued = true;
    await this.#file.store(state.bytes, battery?.bytes, picture);
  }

  async #storeNow(session: PlaySession, palette: Palette): Promise<void> {
    const { client, settings } = session;
    if (!settings.resumes || this.#file === undefined) return;
    // Two emus that take turns would soon replace all earlier positions. Each stores its own at the end.
    if (this.#hasContinued && (await this.#file.isOfAnother())) return;
    this.#isNew = false;
    try {
      const picture = await lastPicture(session, palette);
      const state = await client.saveState();
      await this.store(state, client.battery(), picture);
    } catch (error) {
      // The player is told at the end if it still cannot be written then. A core may refuse a state.
      this.#log.warn({ error: String(error) }, "the position in the game cannot be stored");
    }
  }
}
