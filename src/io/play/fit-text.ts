/**
 * Joins as many of the parts, from the first on, as fit into `columns`. The first part is always included.
 */
export function fitParts(parts: readonly string[], gap: string, columns: number): string {
  let text = parts[0] ?? "";
  for (const part of parts.slice(1)) {
    if (Bun.stringWidth(text) + gap.length + Bun.stringWidth(part) > columns) break;
    text += gap + part;
  }
  return text;
}
