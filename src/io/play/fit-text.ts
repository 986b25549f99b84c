import { widthOf } from "../terminal/text-screen.ts";

/**
 * Joins as many of the parts, from the first on, as fit into `columns`. The first part is always included.
 */
export function fitParts(parts: readonly string[], gap: string, columns: number): string {
  let text = parts[0] ?? "";
  for (const part of parts.slice(1)) {
    if (widthOf(text) + gap.length + widthOf(part) > columns) break;
    text += gap + part;
  }
  return text;
}

/** Cuts `text` to at most `columns`, including the ellipsis that replaces the rest. */
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
