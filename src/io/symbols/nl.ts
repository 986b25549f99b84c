import { forEachRow, SkippedRows } from "./skipped-rows.ts";
import { type GameSymbol, NO_PRG_OFFSET, type SymbolData } from "./symbols.ts";

/** Size of the banks that the file names of FCEUX count. */
const BANK_BYTES = 0x4000;

/**
 * Reads an FCEUX name list: `$C000#name#comment`, `$0300/10#array#`. `bank` is the number of the 16 KiB bank
 * in the file name; "ram" for `.ram.nl`. Rows that do not begin with an address are comments or their
 * continuation. Invalid addresses are skipped with a warning.
 * https://fceux.com/web/help/NLFilesFormat.html
 */
export function parseNl(text: string, bank: number | "ram"): SymbolData {
  const symbols: GameSymbol[] = [];
  const skipped = new SkippedRows();
  forEachRow(text, (row, line) => {
    if (row.startsWith("$")) readName(row, line, bank, symbols, skipped);
    else if (!/^\s*(?:[#;\\]|\/\/)/.test(row)) skipped.bad(line, "an address such as $C000 was expected");
  });
  return { symbols, files: [], lines: [], routines: [], warnings: skipped.warnings };
}

function readName(
  row: string,
  line: number,
  bank: number | "ram",
  symbols: GameSymbol[],
  skipped: SkippedRows,
): void {
  const match = /^\$([0-9A-Fa-f]{1,4})(?:\/([0-9A-Fa-f]{1,4}))?\s*#([^#]*)/.exec(row);
  if (match === null) {
    skipped.bad(line, "an address such as $C000 and # were expected");
    return;
  }
  const [, addressText = "", sizeText, nameText = ""] = match;
  const name = nameText.trim();
  if (name === "") return; // only a comment
  const address = Number.parseInt(addressText, 16);
  symbols.push({
    name,
    module: "",
    address,
    prgOffset:
      bank === "ram" || address < 0x8000 ? NO_PRG_OFFSET : bank * BANK_BYTES + (address % BANK_BYTES),
    bytes: sizeText === undefined ? 0 : Number.parseInt(sizeText, 16),
    isLabel: true,
  });
}
