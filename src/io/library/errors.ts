/** What went wrong in a game, with the place in it; `message` tells all of it. */
export class GameError extends Error {
  /** What happened, in a few words. */
  readonly what: string;
  /** Frame, cycle and source line at which it did. */
  readonly place: string;

  constructor(what: string, place: string, more = "") {
    super(`${what}\n  at ${place}${more === "" ? "" : `\n${more}`}`);
    this.name = "GameError";
    this.what = what;
    this.place = place;
  }
}
