import { InputError } from "../../../emu/input-error.ts";

/**
 * A checksum of a text and of the place in Redis where it is stored, so that a text which was changed on its
 * way, or stored in another place, is noticed. All readers have the build of the writer.
 */
export function checksum(place: string, text: string): string {
  return Bun.hash(`${place} ${text}`).toString(36);
}

/** A text with its checksum. */
export function seal(place: string, text: string): string {
  return `${checksum(place, text)} ${text}`;
}

/** The text that was sealed for a place. Throws `InputError` ("data") if it is damaged. `what` names it. */
export function unseal(place: string, sealed: string, what: string): string {
  const at = sealed.indexOf(" ");
  const text = sealed.slice(at + 1);
  if (at < 0 || checksum(place, text) !== sealed.slice(0, at)) throw damaged(what);
  return text;
}

/** The error for a value in Redis whose checksum is wrong. */
export function damaged(what: string): InputError {
  return new InputError("data", `${what} in Redis is damaged`);
}
