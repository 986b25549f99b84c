import { forEachRow, SkippedRows } from "./skipped-rows.ts";
import { type GameSymbol, NO_PRG_OFFSET, type SymbolData } from "./symbols.ts";

const ROM_START = 0x8000;
/** PRG ROM up to this size has no banks: the CPU sees all of it at once. Smaller ROMs are mirrored. */
const UNBANKED_PRG_BYTES = 0x8000;
/** NESASM numbers banks of 8 KiB. */
const NESASM_BANK_BYTES = 0x2000;

/**
 * Returns the PRG ROM offset of a CPU address, for symbol lists without bank numbers. Returns NO_PRG_OFFSET
 * if the ROM has banks, because the offset is then unknown.
 */
export function unbankedPrgOffset(address: number, prgBytes: number): number {
  const isKnown = address >= ROM_START && address <= 0xffff && prgBytes > 0 && prgBytes <= UNBANKED_PRG_BYTES;
  return isKnown ? (address - ROM_START) % prgBytes : NO_PRG_OFFSET;
}

/**
 * Reads VICE labels, as `ld65 -Ln` writes them: `al 00C000 .name`, or `al C:c000 .name`. Other commands of
 * VICE's monitor are skipped with a warning.
 * https://vice-emu.sourceforge.io/vice_12.html
 */
export function parseVice(text: string, prgBytes: number): SymbolData {
  return parseRows(text, (row) => {
    const match = /^\s*(?:al|add_label)\s+(?:[cC]:)?\$?([0-9A-Fa-f]{1,6})\s+\.?(\S+)/.exec(row);
    return match === null ? undefined : [label(match[2]!, Number.parseInt(match[1]!, 16), prgBytes)];
  });
}

/** Reads NESASM function symbols: `name = $C000`. https://github.com/ClusterM/nesasm */
export function parseFns(text: string, prgBytes: number): SymbolData {
  return parseRows(text, (row) => {
    const match = /^\s*([^\s=]+)\s*=\s*\$([0-9A-Fa-f]{1,6})\s*(?:;.*)?$/.exec(row);
    return match === null ? undefined : [label(match[1]!, Number.parseInt(match[2]!, 16), prgBytes)];
  });
}

/** Referenced or not, label or equate, absolute or zero page. */
const MAP_EXPORT = /(\S+)\s+([0-9A-F]{6})\s+R?([LE])[AZ]/g;

/**
 * Reads the exports in a map file of ld65 (`-m`): entries like `name 00C000 RLA` in two columns. The other
 * tables of the file do not name addresses. https://cc65.github.io/doc/ld65.html
 */
export function parseMap(text: string, prgBytes: number): SymbolData {
  const symbols: GameSymbol[] = [];
  let isExports = false;
  forEachRow(text, (row) => {
    if (/^\S.*:\s*$/.test(row)) isExports = /^Exports list by name/.test(row);
    if (!isExports) return;
    for (const [, name = "", value = "", kind] of row.matchAll(MAP_EXPORT)) {
      const symbol = label(name, Number.parseInt(value, 16), prgBytes);
      symbols.push(kind === "E" ? { ...symbol, prgOffset: NO_PRG_OFFSET, isLabel: false } : symbol);
    }
  });
  const warnings = symbols.length > 0 ? [] : ["found no export list of ld65"];
  return { symbols, files: [], lines: [], routines: [], warnings };
}

/** A listing row with a label: NESASM's ` 12  01:C000  A9 00  name:`, or asm6's `0C000 A9 00  name:`. */
const NESASM_ROW = /^\s*\d+\s+([0-9A-F]{2}):([0-9A-F]{4})\s+(?:[0-9A-F]{2}\s+)*([A-Za-z_.@][\w.@]*):/;
const ASM6_ROW = /^0?([0-9A-F]{4})\s+(?:[0-9A-F]{2}\s+)*(?:\.{3}\s*)?([A-Za-z_@][\w.@]*):/;
/** ca65's addresses are relative to a segment of one module: `000003r 1  A9 00`. */
const CA65_ROW = /^[0-9A-F]{6}r\s/;

/**
 * Reads the labels in a NESASM or asm6 listing. The addresses in a ca65 listing are not final, so it is
 * rejected.
 */
export function parseListing(text: string, prgBytes: number): SymbolData {
  const symbols: GameSymbol[] = [];
  let isRelative = false;
  forEachRow(text, (row) => {
    const nesasm = NESASM_ROW.exec(row);
    const asm6 = nesasm === null ? ASM6_ROW.exec(row) : null;
    if (nesasm !== null) symbols.push(nesasmLabel(nesasm, prgBytes));
    else if (asm6 !== null) symbols.push(label(asm6[2]!, Number.parseInt(asm6[1]!, 16), prgBytes));
    else if (CA65_ROW.test(row)) isRelative = true;
  });
  const warnings: string[] = [];
  if (isRelative)
    warnings.push("a listing of ca65 has no final addresses: link with --dbgfile or -Ln instead");
  else if (symbols.length === 0) warnings.push("found no labels of a NESASM or asm6 listing");
  return { symbols, files: [], lines: [], routines: [], warnings };
}

function nesasmLabel([, bank = "", address = "", name = ""]: RegExpExecArray, prgBytes: number): GameSymbol {
  const symbol = label(name, Number.parseInt(address, 16), prgBytes);
  const offset = Number.parseInt(bank, 16) * NESASM_BANK_BYTES + (symbol.address % NESASM_BANK_BYTES);
  const isInRom = symbol.address >= ROM_START && offset < prgBytes;
  return { ...symbol, prgOffset: isInRom ? offset : NO_PRG_OFFSET };
}

/** Reads rows one by one; `read` returns undefined for an invalid row. */
function parseRows(text: string, read: (row: string) => GameSymbol[] | undefined): SymbolData {
  const symbols: GameSymbol[] = [];
  const skipped = new SkippedRows();
  forEachRow(text, (row, line) => {
    if (/^\s*(?:[#;]|\/\/)/.test(row)) return;
    const found = read(row);
    if (found === undefined) skipped.bad(line, "a name and an address were expected");
    else symbols.push(...found);
  });
  return { symbols, files: [], lines: [], routines: [], warnings: skipped.warnings };
}

function label(name: string, address: number, prgBytes: number): GameSymbol {
  return {
    name,
    module: "",
    address,
    prgOffset: unbankedPrgOffset(address, prgBytes),
    bytes: 0,
    isLabel: true,
  };
}
