import type { Subject } from "../types.ts";

/** One entry of the ROM's table of tests. */
export interface CoinTest {
  readonly page: string;
  readonly name: string;
  /** RAM address of its result byte. */
  readonly resultAddress: number;
}

const ROM = 0x8000;
const ROM_BYTES = 0x8000;
const TABLE = 0x8100;
const MAX_PAGES = 64;
const MAX_TESTS_PER_PAGE = 32;
const MAX_NAME_BYTES = 40;
const END = 0xff;
/** Result bytes of graded tests are in this page. Tests that only draw something have theirs elsewhere. */
const GRADED_RESULTS_PAGE = 0x400;

/**
 * Reads AccuracyCoin's table: little-endian pointers to pages; a page is a title, $FF, then name, $FF,
 * address of the result, address of the code, and so on to an $FF. The first page follows the last
 * pointer. Returns undefined if there is no such table, by which the ROM is detected. `rom` is what
 * the CPU sees from $8000 on.
 */
export function readCoinTable(rom: Uint8Array): CoinTest[] | undefined {
  const tests: CoinTest[] = [];
  let firstPage = 0x10000;
  for (let pointer = TABLE; pointer < firstPage; pointer += 2) {
    const page = readWord(rom, pointer);
    const isFirst = pointer === TABLE;
    if (page <= TABLE || (isFirst && page > TABLE + 2 * MAX_PAGES)) return undefined;
    firstPage = Math.min(firstPage, page);
    if (!readPage(rom, page, tests)) return undefined;
  }
  return tests;
}

/** Reads the table from a machine. */
export async function coinTableOf(subject: Subject): Promise<CoinTest[] | undefined> {
  return readCoinTable(await subject.peek("cpu", ROM, ROM_BYTES));
}

function readPage(rom: Uint8Array, start: number, tests: CoinTest[]): boolean {
  const title = readName(rom, start);
  if (title === undefined) return false;
  let at = start + title.length + 1;
  for (let i = 0; i < MAX_TESTS_PER_PAGE; i++) {
    if (rom[at - ROM] === END) return true;
    const name = readName(rom, at);
    if (name === undefined) return false;
    at += name.length + 1;
    tests.push({ page: title, name, resultAddress: readWord(rom, at) });
    at += 4;
  }
  return false;
}

/** The tests that give a verdict. */
export function gradedTests(tests: readonly CoinTest[]): CoinTest[] {
  return tests.filter(({ resultAddress }) => (resultAddress & 0xff00) === GRADED_RESULTS_PAGE);
}

function readName(rom: Uint8Array, start: number): string | undefined {
  let name = "";
  for (let i = 0; i < MAX_NAME_BYTES; i++) {
    const byte = rom[start - ROM + i] ?? END;
    if (byte === END) return name === "" ? undefined : name;
    if (byte < 0x20 || byte > 0x7e) return undefined;
    name += String.fromCharCode(byte);
  }
  return undefined;
}

function readWord(rom: Uint8Array, address: number): number {
  return (rom[address - ROM] ?? 0) | ((rom[address - ROM + 1] ?? 0) << 8);
}
