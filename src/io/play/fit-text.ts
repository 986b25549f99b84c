import { widthOf } from "../terminal/text-screen.ts";

/**
 * Joins as many of the parts, from the first on, as fit into `columns`. The first part is always included.
 */
export function fitParts(parts: readonly string[], gap: string, columns: number): string {
  return wrapParts(parts, gap, columns)[0] ?? "";
}

/** Joins the parts to lines of at most `columns`. A part that is wider than that has its own line. */
export function wrapParts(parts: readonly string[], gap: string, columns: number): string[] {
  const lines: string[] = [];
  for (const part of parts) {
    const last = lines.at(-1);
    const isFull = last === undefined || widthOf(last) + widthOf(gap) + widthOf(part) > columns;
    if (isFull) lines.push(part);
    else lines[lines.length - 1] = last + gap + part;
  }
  return lines;
}

/** Breaks a text at its spaces into lines of at most `columns`, and words that are wider than that. */
export function wrapText(text: string, columns: number): string[] {
  return wrapParts(
    text.split(" ").flatMap((word) => brokenWord(word, columns)),
    " ",
    columns,
  );
}

function brokenWord(word: string, columns: number): string[] {
  if (widthOf(word) <= columns) return [word];
  const pieces: string[] = [];
  let width = columns;
  for (const character of word) {
    const more = widthOf(character);
    if (width + more > columns) {
      pieces.push("");
      width = 0;
    }
    pieces[pieces.length - 1] += character;
    width += more;
  }
  return pieces;
}

/** Returns `text`, cut so that it takes at most `columns` with an ellipsis at its end. */
export function cutToWidth(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text;
  let cut = "";
  let width = 1;
  for (const character of text) {
    width += widthOf(character);
    if (width > columns) break;
    cut += character;
  }
  return `${cut}…`;
}

/** Least part of a path that says something. */
const MIN_PATH_COLUMNS = 8;

/**
 * Returns a notice, cut so that it takes at most `columns`. A path in it loses its beginning, so that the
 * file's name and the words around it stay. Without a path that is long enough, the notice loses its end.
 */
export function cutNotice(text: string, columns: number): string {
  const excess = widthOf(text) - columns;
  const paths = text.split(" ").filter((word) => word.includes("/"));
  const longest = paths.sort((a, b) => widthOf(b) - widthOf(a))[0] ?? "";
  const room = widthOf(longest) - excess;
  if (excess <= 0 || room < MIN_PATH_COLUMNS) return cutToWidth(text, columns);
  return text.replace(longest, () => `…${endOf(longest, room - 1)}`);
}

/** The last characters of `text` that fit into `columns`. */
function endOf(text: string, columns: number): string {
  let end = "";
  let width = 0;
  for (const character of [...text].reverse()) {
    width += widthOf(character);
    if (width > columns) break;
    end = character + end;
  }
  return end;
}
