/**
 * `text` from a file or an archive, made safe to print on a terminal: control and direction characters
 * become `?`, and long names lose their middle.
 */
export function printable(text: string, maxLength = 120): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these must not reach a terminal
  const safe = text.replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g, "?");
  if (safe.length <= maxLength) return safe;
  const half = Math.floor((maxLength - 1) / 2);
  return `${safe.slice(0, half)}…${safe.slice(safe.length - half)}`;
}

/** Longer than any path that systems accept. */
const MAX_PATH_CHARACTERS = 40_000;

/** A path for a line from which it is copied: `printable`, but whole. */
export function printablePath(path: string): string {
  return printable(path, MAX_PATH_CHARACTERS);
}

/** A text of several lines, each `printable` but whole. */
export function printableLines(text: string): string {
  return text.split("\n").map(printablePath).join("\n");
}

/** A path as one word of a shell's command line: whole, and quoted if it needs to be. */
export function shellWord(path: string): string {
  const text = printablePath(path);
  // A # begins a comment only at the start of a word.
  return /^[\w./][\w./#-]*$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** The first `most` names as a list, and how many more there are. */
export function shortList(names: readonly string[], most: number): string {
  const more = names.length - most;
  return names.slice(0, most).join(", ") + (more > 0 ? ` and ${more} more` : "");
}

/**
 * The text of a file in UTF-8 or UTF-16, of either byte order, with or without a byte order mark. Notepad and
 * PowerShell write UTF-16. Invalid sequences become U+FFFD.
 */
export function decodeText(bytes: Uint8Array): string {
  return new TextDecoder(encodingOf(bytes)).decode(bytes);
}

/** Text in UTF-16 without a mark starts with a character below U+0100: one of its two bytes is 0. */
function encodingOf([first, second]: Uint8Array): "utf-8" | "utf-16le" | "utf-16be" {
  if ((first === 0xff && second === 0xfe) || (first !== 0 && second === 0)) return "utf-16le";
  if ((first === 0xfe && second === 0xff) || (first === 0 && second !== 0)) return "utf-16be";
  return "utf-8";
}
