/** A failure in a game and its place. `message` has the full text. */
export class GameError extends Error {
  /** What happened, in short. */
  readonly what: string;
  /** Frame, cycle and source line at which it happened. */
  readonly place: string;
  /** Further lines, such as the call stack. */
  readonly more: string;

  constructor(what: string, place: string, more = "") {
    super(`${what}\n  at ${place}${more === "" ? "" : `\n${more}`}`);
    this.name = "GameError";
    this.what = what;
    this.place = place;
    this.more = more;
  }
}

export const JAM = "the CPU has jammed: it executed an opcode that stops it";

/** What a crashed program did. `hang`, `frozen`, `lag` and `condition` are for campaigns (`io/fuzz`). */
export type CrashKind =
  | "jam"
  | "executes-ram"
  | "executes-unwritten"
  | "executes-brk"
  | "executes-nothing"
  | "stack"
  | "writes-rom"
  | "hang"
  | "frozen"
  | "lag"
  | "condition";

/** A crash: a JAM, what `CrashGuard` or `WriteGuard` has found, or a broken rule of a campaign. */
export class GameCrash extends GameError {
  readonly kind: CrashKind;
  /** Address of the instruction. */
  readonly pc: number;

  constructor(kind: CrashKind, pc: number, { what, place, more }: GameError) {
    super(what, place, more);
    this.name = "GameCrash";
    this.kind = kind;
    this.pc = pc;
  }
}

/** Returns true for a crash that must not be reported. `pc` is the address of the instruction. */
export type IgnoresCrash = (kind: CrashKind, pc: number) => boolean;
