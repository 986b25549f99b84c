import { badText } from "../files/text-place.ts";
import type { Movie, MovieHash } from "./movie.ts";
import type { MovieEvent } from "./movie-events.ts";

/** Starts a comment that holds a hash, by which a desync is detected. Other emulators ignore comments. */
export const HASH_COMMENT = "emu-hash ";
/** Starts a comment with the RAM contents at power-on, for formats that have no key for it. */
export const RAM_COMMENT = "emu-ram ";
/** A comment of FM2 movies, whose header distinguishes only PAL and NTSC. */
export const DENDY_COMMENT = "emu-region dendy";

/** Starts a comment with a change of an arcade game's DIP switches, for formats without them. */
export const DIP_COMMENT = "emu-dip ";
const MAX_SETTING_CHARACTERS = 100;

/** The DIP switches of a movie for the comments of FM2 and BK2 movies: `<frame> <setting>`. */
export function dipsToText({ events = [] }: Pick<Movie, "events">): string[] {
  return events.flatMap((event) => (event.kind === "dip" ? [`${event.frame} ${event.setting}`] : []));
}

/** Parses a line of `dipsToText`. Throws `InputError` ("data") with the given place for anything else. */
export function dipFromText(text: string, line: number, column: number): MovieEvent {
  const [, frame = "", setting = ""] = /^(\d{1,8}) (\S.*)$/.exec(text.trim()) ?? [];
  if (setting === "" || setting.length > MAX_SETTING_CHARACTERS)
    throw badText("a frame and DIP switches were expected", line, column);
  return { frame: Number(frame), kind: "dip", setting };
}

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
