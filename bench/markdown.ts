import { readFileSync, writeFileSync } from "node:fs";

/** Formats a table in Markdown. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

/**
 * Replaces the text between the marks `<!-- name -->` and `<!-- /name -->` of a file by a table. Throws if a
 * mark is missing.
 */
export function replaceTable(file: string, name: string, table: string): void {
  const text = readFileSync(file, "utf8");
  const begin = `<!-- ${name} -->`;
  const start = text.indexOf(begin);
  const end = text.indexOf(`<!-- /${name} -->`);
  if (start < 0 || end < start) throw new Error(`${file}: no marks ${begin} … <!-- /${name} -->`);
  writeFileSync(file, `${text.slice(0, start + begin.length)}\n${table}\n${text.slice(end)}`);
}
