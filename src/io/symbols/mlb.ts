import { forEachRow, SkippedRows } from "./skipped-rows.ts";
import { type GameSymbol, NO_ADDRESS, NO_PRG_OFFSET, type SymbolData } from "./symbols.ts";

const SAVE_RAM_ADDRESS = 0x6000;

/** Memory that the CPU sees, by its name in Mesen 2 and its letter in Mesen. */
const MEMORY: Readonly<Record<string, "prg" | "save" | "cpu">> = {
  NesPrgRom: "prg",
  P: "prg",
  NesSaveRam: "save",
  S: "save",
  NesWorkRam: "save",
  W: "save",
  NesInternalRam: "cpu",
  R: "cpu",
  NesMemory: "cpu",
  G: "cpu",
};

/** Other memory types. Mesen 2 has more than a hundred, for all its consoles. */
const OTHER_KIND = /^[A-Z][A-Za-z0-9]+$/;

/**
 * Reads Mesen labels: `NesPrgRom:01A2:name:comment`, addresses in hex, ranges as `10-1F`. Comments are
 * skipped; rows for other memory and invalid rows are skipped with a warning.
 */
export function parseMlb(text: string): SymbolData {
  const symbols: GameSymbol[] = [];
  const skipped = new SkippedRows();
  forEachRow(text, (row, line) => {
    if (!/^\s*(?:[#;]|\/\/)/.test(row)) readLabel(row, line, symbols, skipped);
  });
  return { symbols, files: [], lines: [], routines: [], warnings: skipped.warnings };
}

function readLabel(row: string, line: number, symbols: GameSymbol[], skipped: SkippedRows): void {
  const [kindText = "", place, nameText] = row.split(":");
  const kind = kindText.trim();
  if (place === undefined) {
    skipped.bad(line, "kind:address:name was expected");
    return;
  }
  const memory = Object.hasOwn(MEMORY, kind) ? MEMORY[kind] : undefined;
  if (memory === undefined) {
    if (OTHER_KIND.test(kind)) skipped.unneeded(kind);
    else skipped.bad(line, "a kind of memory was expected, such as NesPrgRom");
    return;
  }
  const match = /^\s*([0-9A-Fa-f]{1,8})(?:-([0-9A-Fa-f]{1,8}))?\s*$/.exec(place);
  const start = Number.parseInt(match?.[1] ?? "", 16);
  const end = match?.[2] === undefined ? start : Number.parseInt(match[2], 16);
  const name = nameText?.trim();
  if (match === null) skipped.bad(line, "a hexadecimal address was expected");
  else if (end < start) skipped.bad(line, "a range that ends after its start was expected");
  else if (name === undefined) skipped.bad(line, "a colon and a name were expected");
  else if (name !== "") {
    const offset = memory === "save" ? SAVE_RAM_ADDRESS : 0;
    symbols.push({
      name,
      module: "",
      address: memory === "prg" ? NO_ADDRESS : start + offset,
      prgOffset: memory === "prg" ? start : NO_PRG_OFFSET,
      bytes: match[2] === undefined ? 0 : end - start + 1,
      isLabel: true,
    });
  }
}
