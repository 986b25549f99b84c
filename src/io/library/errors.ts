/** A failure in a game and its place. `message` has the full text. */
export class GameError extends Error {
  /** What happened, in short. */
  readonly what: string;
  /** Frame, cycle and source line at which it happened. */
  readonly place: string;

  constructor(what: string, place: string, more = "") {
    super(`${what}\n  at ${place}${more === "" ? "" : `\n${more}`}`);
    this.name = "GameError";
    this.what = what;
    this.place = place;
  }
}
