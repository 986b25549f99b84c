import { printable } from "../files/text.ts";
import { badText } from "../files/text-place.ts";
import { type GameSymbol, NO_ADDRESS, NO_PRG_OFFSET, type SymbolData } from "./symbols.ts";

const SAVE_RAM_ADDRESS = 0x6000;

/** Kinds of memory by their names in Mesen 2, with Mesen's old letters, and where they lie. */
const MEMORY: Readonly<Record<string, "prg" | "save" | "cpu" | "other">> = {
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
  NesChrRom: "other",
  NesChrRam: "other",
  NesNametableRam: "other",
  NesSpriteRam: "other",
  NesPaletteRam: "other",
};

/**
 * Reads Mesen's labels: `NesPrgRom:01A2:name:comment`, addresses in hex, ranges as `10-1F`. Throws
 * `InputError` ("data") with line, column and what was expected.
 */
export function parseMlb(text: string): SymbolData {
  const symbols: GameSymbol[] = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() !== "") readLabel(line, index + 1, symbols);
  }
  return { symbols, files: [], lines: [], routines: [] };
}

function readLabel(text: string, line: number, symbols: GameSymbol[]): void {
  const [kind = "", place, name] = text.split(":");
  const memory = Object.hasOwn(MEMORY, kind) ? MEMORY[kind] : undefined;
  if (memory === undefined) {
    const names = Object.keys(MEMORY).filter((each) => each.length > 1);
    throw badText(`${printable(kind, 40)}: one of ${names.join(", ")} was expected`, line, 1);
  }
  const column = kind.length + 2;
  const match = /^([0-9A-Fa-f]{1,6})(?:-([0-9A-Fa-f]{1,6}))?$/.exec(place ?? "");
  if (match === null) throw badText("a hexadecimal address was expected", line, column);
  const start = Number.parseInt(match[1] ?? "", 16);
  const end = match[2] === undefined ? start : Number.parseInt(match[2], 16);
  if (end < start) throw badText("a range that ends behind its start was expected", line, column);
  if (name === undefined) throw badText("a colon and a name were expected", line, text.length + 1);
  if (name === "" || memory === "other") return; // a comment, or memory that the CPU does not see
  const offset = memory === "save" ? SAVE_RAM_ADDRESS : 0;
  symbols.push({
    name,
    module: "",
    address: memory === "prg" ? NO_ADDRESS : start + offset,
    prgOffset: memory === "prg" ? start : NO_PRG_OFFSET,
    bytes: end - start + (match[2] === undefined ? 0 : 1),
    isLabel: true,
  });
}
