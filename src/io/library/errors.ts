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

/** What a crashed program did. `GuardOptions` allows the first two. */
export type CrashKind = "executes-ram" | "executes-brk" | "executes-nothing" | "stack";

/** A crash that `CrashGuard` has found. */
export class GameCrash extends GameError {
  readonly kind: CrashKind;

  constructor(kind: CrashKind, { what, place, more }: GameError) {
    super(what, place, more);
    this.name = "GameCrash";
    this.kind = kind;
  }
}
