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

/**
 * Returns a notice, cut so that it takes at most `columns`. Prose loses its end. A notice with a path has its
 * ellipsis after the first third, so that the file's name and what follows it stay.
 */
export function cutNotice(text: string, columns: number): string {
  return text.includes("/") ? cutInside(text, columns) : cutToWidth(text, columns);
}

function cutInside(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text;
  const start = cutToWidth(text, Math.floor(columns / 3));
  let end = "";
  let width = widthOf(start);
  for (const character of [...text].reverse()) {
    width += widthOf(character);
    if (width > columns) break;
    end = character + end;
  }
  return start + end;
}
