/**
 * The kind of an input error. It determines the exit code: usage 2, data 65, missing 66, unavailable 69, io
 * 74.
 */
export type InputErrorKind = "usage" | "data" | "missing" | "unavailable" | "io";

/**
 * Bad input of any kind: a ROM, a state, a script, a manifest, a peer. It is not a bug of emu, so it is
 * shown as one line without a stack trace. Bugs throw plain `Error`s.
 */
export class InputError extends Error {
  readonly kind: InputErrorKind;
  /** Place in the input: a path, an offset ("byte 4"), a line. Empty for the whole input. */
  readonly where: string;
  /** What the user can do about it. Empty if there is nothing to do. */
  readonly remedy: string;

  constructor(kind: InputErrorKind, what: string, where = "", remedy = "") {
    super(what);
    this.name = "InputError";
    this.kind = kind;
    this.where = where;
    this.remedy = remedy;
  }
}
