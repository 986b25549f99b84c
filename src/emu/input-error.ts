/**
 * What was wrong with something that came from outside. It decides the exit code:
 * usage 2, data 65, missing 66, unavailable 69, io 74.
 */
export type InputErrorKind = "usage" | "data" | "missing" | "unavailable" | "io";

/**
 * Bad input of any kind: a ROM, a state, a script, a manifest, a peer. It is not a bug of ours, so it
 * is shown as one line without a stack trace. Bugs throw plain `Error`s.
 */
export class InputError extends Error {
  readonly kind: InputErrorKind;
  /** Where in the input: a path, an offset ("byte 4"), a line. Empty when the whole input is meant. */
  readonly where: string;
  /** What the user can do about it. Empty when nothing helps. */
  readonly remedy: string;

  constructor(kind: InputErrorKind, what: string, where = "", remedy = "") {
    super(what);
    this.name = "InputError";
    this.kind = kind;
    this.where = where;
    this.remedy = remedy;
  }
}
