import type { Interest } from "../../emu/nes/cpu/fast/interests.ts";
import type { LoadedRom } from "../files/roms/rom-file.ts";
import { CrashGuard } from "../library/crash-guard.ts";
import { type CrashKind, GameCrash } from "../library/errors.ts";
import type { FuzzRules } from "../library/fuzz/player.ts";
import type { Game } from "../library/game.ts";
import { hex } from "../library/place-map.ts";
import { WriteGuard } from "../library/write-guard.ts";
import { Expression } from "../symbols/memory-expression.ts";
import { NO_PRG_OFFSET } from "../symbols/symbols.ts";
import type { FuzzPlan } from "./plan.ts";

const RTI = 0x40;
/**
 * Frames between two checks of the picture. A picture that blinks by a bit of the frame counter then looks
 * still.
 */
const LOOK_FRAMES = 64;
/** Equal pictures after the first before the game is checked; twice as many before the next check. */
const FIRST_CHECK_LOOKS = 2;
/** Larger programs have several bytes for an address. */
const ONE_BANK_BYTES = 0x8000;

/** The part of a `FuzzState` that these rules remember. */
interface Memory {
  readonly written: Uint8Array;
  readonly unreadFrames: number;
  readonly hasRead: boolean;
  readonly picture: string;
  readonly stillLooks: number;
  readonly checkLooks: number;
  readonly values: readonly Float64Array[];
}

/** The rules of a campaign: a game must not crash, hang, lag or fulfil a condition. */
export class CampaignRules implements FuzzRules {
  readonly score?: () => number;
  readonly interests: readonly Interest[];
  readonly #game: Game;
  readonly #plan: FuzzPlan;
  readonly #ignored: ReadonlySet<string>;
  readonly #writes: WriteGuard;
  /** Absent if two machines are compared: what the program does is then no failure. */
  readonly #guard: CrashGuard | undefined;
  readonly #conditions: readonly Expression[];
  readonly #expressions: readonly Expression[];
  readonly #onFrame: () => void;
  #strobes = 0;
  #unreadFrames = 0;
  #hasRead = false;
  /** The hash of the last picture that was checked, and how often in a row it has repeated. */
  #picture = "";
  #stillLooks = 0;
  #checkLooks = FIRST_CHECK_LOOKS;
  readonly #isFrozen: (state: Uint8Array) => boolean;

  /**
   * `ignored` has kinds and keys. `onFrame` is called after each frame. `isFrozen` returns true if no button
   * changes anything from a state on; it is not called if the plan does not ask for it.
   */
  constructor(
    game: Game,
    plan: FuzzPlan,
    ignored: ReadonlySet<string>,
    onFrame: () => void,
    isFrozen: (state: Uint8Array) => boolean,
  ) {
    this.#isFrozen = isFrozen;
    this.#game = game;
    this.#plan = plan;
    this.#ignored = ignored;
    this.#onFrame = onFrame;
    const ignores = (kind: CrashKind, pc: number): boolean => this.#ignores(kind, pc);
    this.#writes = new WriteGuard(game, ignores);
    const isGuarded = plan.compare === undefined;
    this.#guard = isGuarded ? new CrashGuard(game, {}, this.#writes, ignores) : undefined;
    this.interests = [...this.#writes.interests, ...(this.#guard?.interests ?? [])];
    this.#conditions = plan.conditions.map((parsed) => new Expression(parsed, game.machine));
    const { maximise } = plan;
    const score = maximise === undefined ? undefined : new Expression(maximise, game.machine);
    if (score !== undefined) this.score = () => score.commit();
    this.#expressions = score === undefined ? this.#conditions : [...this.#conditions, score];
  }

  before(pc: number, opcode: number): void {
    this.#writes.before(pc, opcode);
    this.#guard?.before(pc, opcode);
  }

  after(pc: number, opcode: number, stackBefore: number, interrupted: boolean): void {
    this.#writes.after(pc, opcode, stackBefore);
    this.#guard?.after(pc, opcode, stackBefore, interrupted);
  }

  afterFrame(): void {
    this.#onFrame();
    const { hangFrames, frozenFrames, lagFrames } = this.#plan;
    if (this.#writes.strobes !== this.#strobes) {
      this.#strobes = this.#writes.strobes;
      this.#unreadFrames = 0;
      this.#hasRead = true;
    } else if (this.#hasRead) this.#unreadFrames++;
    if (lagFrames > 0 && this.#unreadFrames === lagFrames) this.#lags(lagFrames);
    if (hangFrames > 0 && this.#unreadFrames === hangFrames) this.#hangs(hangFrames);
    if (frozenFrames > 0 && this.#guard !== undefined && this.#game.frame % LOOK_FRAMES === 0) this.#look();
    for (const condition of this.#conditions) {
      if (condition.commit() === 0 || this.#ignored.has("condition")) continue;
      this.#fail("condition", conditionText(condition.text), this.#game.pc);
    }
  }

  save(): Memory {
    return {
      written: this.#writes.written.slice(),
      unreadFrames: this.#unreadFrames,
      hasRead: this.#hasRead || this.#writes.strobes !== this.#strobes,
      picture: this.#picture,
      stillLooks: this.#stillLooks,
      checkLooks: this.#checkLooks,
      values: this.#expressions.map(({ memory }) => memory.slice()),
    };
  }

  restore(memory: unknown): void {
    const { written, unreadFrames, hasRead, picture, stillLooks, checkLooks, values } = memory as Memory;
    this.#writes.written.set(written);
    this.#unreadFrames = unreadFrames;
    this.#hasRead = hasRead;
    this.#picture = picture;
    this.#stillLooks = stillLooks;
    this.#checkLooks = checkLooks;
    this.#strobes = this.#writes.strobes;
    for (const [index, expression] of this.#expressions.entries()) expression.memory.set(values[index]!);
  }

  #lags(frames: number): void {
    if (this.#ignored.has("lag")) return;
    const what = `the controllers were not read for ${frames} frames`;
    this.#fail("lag", what, this.#game.pc);
  }

  /** A hang is named by the first address of its loop, which takes another frame to find. */
  #hangs(frames: number): void {
    if (this.#ignored.has("hang")) return;
    const pc = lowestOfLoop(this.#game);
    if (this.#ignores("hang", pc)) return;
    this.#fail("hang", `the program hangs: it has not read the controllers for ${frames} frames`, pc);
  }

  /** Checks the picture. If it has been still for long, checks whether any button changes something. */
  #look(): void {
    const picture = this.#game.screen.hash;
    if (picture !== this.#picture) {
      this.#picture = picture;
      this.#stillLooks = 0;
      this.#checkLooks = FIRST_CHECK_LOOKS;
      return;
    }
    if (++this.#stillLooks < this.#checkLooks || this.#unreadFrames >= LOOK_FRAMES) return;
    this.#checkLooks *= 2;
    if (this.#ignored.has("frozen") || !this.#isFrozen(this.#game.save())) return;
    const pc = lowestOfLoop(this.#game);
    if (this.#ignores("frozen", pc)) return;
    this.#fail("frozen", "the game is frozen: it reads the controllers, but no button changes anything", pc);
  }

  #fail(kind: CrashKind, what: string, pc: number): never {
    throw new GameCrash(kind, pc, this.#game.error(what));
  }

  #ignores(kind: CrashKind, pc: number): boolean {
    if (this.#ignored.size === 0) return false;
    if (this.#ignored.has(kind) || this.#ignored.has(`${kind}-${hex(pc, 4).slice(1)}`)) return true;
    const { places, rom } = this.#game;
    return this.#ignored.has(`${kind}-${placeKey(pc, places.prgOffsetAt(pc), rom)}`);
  }
}

/** The text of a condition's failure. */
export function conditionText(text: string): string {
  return `${text} holds`;
}

/** Names an address for keys of failures: `C047`, or with its place in a larger ROM `C047-1C047`. */
export function placeKey(pc: number, prgOffset: number, { image }: LoadedRom): string {
  const address = hex(pc, 4).slice(1);
  if (prgOffset === NO_PRG_OFFSET || image.prgRom.length <= ONE_BANK_BYTES) return address;
  return `${address}-${hex(prgOffset, 5).slice(1)}`;
}

/** Runs a frame. Returns the lowest address that is executed outside interrupts. */
function lowestOfLoop(game: Game): number {
  let depth = 0;
  let lowest = 0xffff;
  const stop = game.spy({
    before: (pc) => {
      if (depth === 0 && pc < lowest) lowest = pc;
    },
    after: (_pc, opcode, _stackBefore, interrupted) => {
      if (opcode === RTI && depth > 0) depth--;
      if (interrupted) depth++;
    },
  });
  try {
    game.frames(1);
  } finally {
    stop();
  }
  return lowest;
}
