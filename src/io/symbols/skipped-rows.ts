import { printable } from "../files/text.ts";

/** How many kinds are named in a warning. */
const MAX_KINDS = 4;

/** Counts the rows of a symbol file that are left out, and says so: none is passed over in silence. */
export class SkippedRows {
  readonly #unneeded = new Map<string, number>();
  #bad = 0;
  #firstBad = "";

  /** A row of a kind that is understood but of no use, such as a label of CHR ROM. */
  unneeded(kind: string): void {
    this.#unneeded.set(kind, (this.#unneeded.get(kind) ?? 0) + 1);
  }

  /** A row that is not understood; `why` is what was expected. `line` is counted from 1. */
  bad(line: number, why: string): void {
    if (this.#bad === 0) this.#firstBad = `line ${line}: ${why}`;
    this.#bad++;
  }

  /** A sentence for each reason, without a full stop. */
  get warnings(): string[] {
    const warnings: string[] = [];
    let unneeded = 0;
    for (const count of this.#unneeded.values()) unneeded += count;
    if (unneeded > 0) {
      const kinds = [...this.#unneeded.keys()].slice(0, MAX_KINDS).map((kind) => printable(kind, 40));
      const more = this.#unneeded.size > MAX_KINDS ? " and others" : "";
      warnings.push(`${rows(unneeded)} of kinds that are not needed skipped (${kinds.join(", ")}${more})`);
    }
    if (this.#bad > 0) warnings.push(`${rows(this.#bad)} not understood and skipped (${this.#firstBad})`);
    return warnings;
  }
}

function rows(count: number): string {
  return count === 1 ? "1 row" : `${count} rows`;
}

/** Calls `read` with each line of `text` that is no blank, and its number from 1. */
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
