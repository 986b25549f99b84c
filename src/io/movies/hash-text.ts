import { badText } from "../files/text-place.ts";
import type { MovieHash } from "./movie.ts";

/** Begins a comment of emu's movies that says what RAM held at power-on, where the format itself cannot. */
export const RAM_COMMENT = "emu-ram ";

/** A hash as comments of FM2 and BK2 movies hold it: `<frame> <picture> [<ram>]`. */
export function hashToText({ frame, picture, ram }: MovieHash): string {
  return ram === undefined ? `${frame} ${picture}` : `${frame} ${picture} ${ram}`;
}

/** The reverse. Throws `InputError` ("data") at the given place when it is not one. */
export function hashFromText(text: string, line: number, column: number): MovieHash {
  const match = /^(\d{1,9}) ([0-9a-f]{8})(?: ([0-9a-f]{8}))?\s*$/.exec(text);
  if (match === null) {
    throw badText("a frame and one or two hashes of 8 hexadecimal digits were expected", line, column);
  }
  const [, frame = "", picture = "", ram] = match;
  return { frame: Number(frame), picture, ...(ram === undefined ? {} : { ram }) };
}
