import { badText } from "../files/text-place.ts";
import type { MovieHash } from "./movie.ts";

/** Starts a comment that holds a hash, by which a desync is detected. Other emulators ignore comments. */
export const HASH_COMMENT = "emu-hash ";
/** Starts a comment with the RAM contents at power-on, for formats that have no key for it. */
export const RAM_COMMENT = "emu-ram ";

/** Formats a hash for the comments of FM2 and BK2 movies: `<frame> <picture> [<ram>]`. */
export function hashToText({ frame, picture, ram }: MovieHash): string {
  return ram === undefined ? `${frame} ${picture}` : `${frame} ${picture} ${ram}`;
}

/** Parses the text of `hashToText`. Throws `InputError` ("data") with the given place for anything else. */
export function hashFromText(text: string, line: number, column: number): MovieHash {
  const match = /^(\d{1,9}) ([0-9a-f]{8})(?: ([0-9a-f]{8}))?\s*$/.exec(text);
  if (match === null) {
    throw badText("a frame and one or two hashes of 8 hexadecimal digits were expected", line, column);
  }
  const [, frame = "", picture = "", ram] = match;
  return { frame: Number(frame), picture, ...(ram === undefined ? {} : { ram }) };
}
