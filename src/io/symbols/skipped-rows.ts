import { printable } from "../files/text.ts";

/** Number of kinds that a warning names. */
const MAX_KINDS = 4;

/**
 * Counts the skipped rows of a symbol file and makes warnings of them, so that no row is skipped silently.
 */
export class SkippedRows {
  readonly #unneeded = new Map<string, number>();
  #bad = 0;
  #firstBad = "";

  /** Counts a valid row that is not needed, such as a label in CHR ROM. */
  unneeded(kind: string): void {
    this.#unneeded.set(kind, (this.#unneeded.get(kind) ?? 0) + 1);
  }

  /** Counts an invalid row. `why` says what was expected; `line` starts at 1. */
  bad(line: number, why: string): void {
    if (this.#bad === 0) this.#firstBad = `line ${line}: ${why}`;
    this.#bad++;
  }

  /** One sentence per reason, without a full stop. */
  get warnings(): string[] {
    const warnings: string[] = [];
    let unneeded = 0;
    for (const count of this.#unneeded.values()) unneeded += count;
    if (unneeded > 0) {
      const kinds = [...this.#unneeded.keys()].slice(0, MAX_KINDS).map((kind) => printable(kind, 40));
      const more = this.#unneeded.size > MAX_KINDS ? " and others" : "";
      warnings.push(`skipped ${rows(unneeded)} of kinds that are not needed (${kinds.join(", ")}${more})`);
    }
    if (this.#bad > 0) warnings.push(`skipped ${rows(this.#bad)} that could not be read (${this.#firstBad})`);
    return warnings;
  }
}

function rows(count: number): string {
  return count === 1 ? "1 row" : `${count} rows`;
}

/** Calls `read` with each non-blank line of `text` and its number, from 1. */
export function forEachRow(text: string, read: (row: string, line: number) => void): void {
  let line = 1;
  for (let start = 0; start < text.length; line++) {
    const found = text.indexOf("\n", start);
    const end = found < 0 ? text.length : found;
    const row = text.slice(start, text[end - 1] === "\r" ? end - 1 : end);
    if (row.trim() !== "") read(row, line);
    start = end + 1;
  }
}
