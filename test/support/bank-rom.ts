/**
 * Makes ROMs that test a board from the inside, as holy-mapperel does: every bank holds its number, and a
 * program in RAM switches the board and reads the numbers through the CPU and through $2007. The registers to
 * write and the banks to expect are those of the board tables.
 */
import type { CartridgeImage } from "../../src/emu/nes/cartridge/image.ts";
import type { CartridgeMemory, Chip } from "../../src/emu/nes/cartridge/memory.ts";
import { KIB } from "../../src/emu/units.ts";
import type { BoardCase, Step, Write } from "../emu/nes/cartridge/boards/board-case.ts";
import { testImage } from "./board-harness.ts";

const PAGE_BYTES = 2 * KIB;
const PROGRAM = 0x0200;
const RESULTS = 0x0600;
const MAX_PROGRAM_BYTES = RESULTS - PROGRAM;
const MAX_RESULTS = 0x1f0;
/** The results' end, a word in zero page, and the byte that the program sets when it is done. */
const RESULT_POINTER = 0x10;
const DONE = 0x12;
const DONE_VALUE = 0xa5;
/** Where RAM is marked for the CPU: registers share the first bytes of its pages. The PPU reads the first. */
const RAM_MARK = 0x155;
/** The byte of RAM that the program writes. */
const RAM_PROBE = 0x156;
/** The open bus of the tables. */
const OPEN_BUS = 0xab;
const WINDOWS = [0x6000, 0x8000, 0xa000, 0xc000, 0xe000];

/** A byte that the program reads: what it is, and the value to expect, in a chip or outright. */
interface Probe {
  readonly label: string;
  readonly chip: ChipName | undefined;
  /** In the chip, in bytes; without a chip, the value. */
  readonly at: number;
}

type ChipName = "prgRom" | "chrRom" | "prgRam" | "chrRam" | "ciram" | "extraRam";

/** A ROM, and what its program stores at `RESULTS`, in order. */
export interface BankRom {
  readonly image: CartridgeImage;
  readonly probes: readonly Probe[];
}

/** Code in the making. Addresses are known in advance because it always starts with the subroutines. */
class Code {
  readonly bytes: number[] = [];

  emit(...bytes: number[]): void {
    this.bytes.push(...bytes);
  }

  absolute(opcode: number, address: number): void {
    this.emit(opcode, address & 0xff, address >> 8);
  }

  store(value: number, address: number): void {
    this.emit(0xa9, value); // LDA #value
    this.absolute(0x8d, address); // STA address
  }
}

const PUT = PROGRAM + 3;
const READ_PPU = PUT + 11;

/** JMP to the main part, `PUT` (stores A in the results) and `READ_PPU` (the first byte of each PPU page). */
function subroutines(code: Code): void {
  code.absolute(0x4c, READ_PPU + 32);
  code.emit(0xa0, 0, 0x91, RESULT_POINTER, 0xe6, RESULT_POINTER, 0xd0, 2, 0xe6, RESULT_POINTER + 1, 0x60);
  code.emit(0xa2, 0); // LDX #0
  code.emit(0x8a, 0x0a, 0x0a, 0x8d, 0x06, 0x20, 0xa9, 0, 0x8d, 0x06, 0x20); // $2006 = X × $400
  code.emit(0xad, 0x07, 0x20, 0xad, 0x07, 0x20); // LDA $2007 twice: the first read gives the old buffer
  code.absolute(0x20, PUT);
  code.emit(0xe8, 0xe0, 12, 0xd0, 0xe7, 0x60); // INX, CPX #12, BNE, RTS
  while (code.bytes.length < READ_PPU + 32 - PROGRAM) code.emit(0xea);
}

/** Returns the ROM for a case, or undefined if the case checks no banks before something else happens. */
export function bankRom(one: BoardCase): BankRom | undefined {
  const code = new Code();
  const probes: Probe[] = [];
  subroutines(code);
  code.emit(0xa9, RESULTS & 0xff, 0x85, RESULT_POINTER, 0xa9, RESULTS >> 8, 0x85, RESULT_POINTER + 1);
  for (let wait = 0; wait < 2; wait++) code.emit(0x2c, 0x02, 0x20, 0x10, 0xfb); // BIT $2002, BPL
  for (const step of one.steps) {
    const saved = code.bytes.length;
    const known = probes.length;
    const goesOn = isWrite(step) ? emitWrite(code, step) : emitStep(code, step, probes);
    const fits = code.bytes.length < MAX_PROGRAM_BYTES - 8 && probes.length <= MAX_RESULTS;
    if (goesOn && fits) continue;
    if (!fits) {
      code.bytes.length = saved;
      probes.length = known;
    }
    break;
  }
  if (probes.length === 0) return undefined;
  code.emit(0xa9, DONE_VALUE, 0x85, DONE);
  code.absolute(0x4c, PROGRAM + code.bytes.length);
  const image = testImage(one.cartridge);
  return { image: withProgram(image, code.bytes, one, probes), probes };
}

function isWrite(step: Write | Step): step is Write {
  return Array.isArray(step);
}

function emitWrite(code: Code, [address, value]: Write): boolean {
  code.store(value, address);
  return true;
}

/**
 * Emits the reads and checks of a step, without reads of open bus. Returns false at what a program in RAM
 * cannot do: read-modify-write pairs, resets and fetches at will.
 */
function emitStep(code: Code, step: Step, probes: Probe[]): boolean {
  const { rmw, reset, fetches, reads = [] } = step;
  if (rmw !== undefined || reset !== undefined || fetches !== undefined) return false;
  for (const [address, value] of reads) if (value !== OPEN_BUS) code.absolute(0xad, address);
  if (step.prg !== undefined) emitPrg(code, step.prg, probes);
  if (step.chr !== undefined || step.nt !== undefined) emitPpu(code, step, probes);
  return step.ppuReads === undefined;
}

function emitPrg(code: Code, prg: string, probes: Probe[]): void {
  const windows = prg.match(/\([^)]*\)|\S+/g) ?? [];
  windows.forEach((window, index) => {
    const pages = window.startsWith("(") ? window.slice(1, -1).split(" ") : [window];
    const unit = pages.length === 1 ? 8 * KIB : PAGE_BYTES;
    pages.forEach((token, page) => {
      const start = WINDOWS[index] + page * PAGE_BYTES;
      for (const within of unit === PAGE_BYTES ? [0] : [0, 3 * PAGE_BYTES])
        probeCpu(code, token, unit, start, within, probes);
    });
  });
}

/** Reads a page's first byte and, where the page is plain RAM, writes and reads another one. */
function probeCpu(
  code: Code,
  token: string,
  unit: number,
  start: number,
  within: number,
  probes: Probe[],
): void {
  const found = chipOf(token, "prg");
  if (found === undefined) return;
  const mark = found.chip === "prgRom" ? 0 : RAM_MARK;
  const address = start + within + mark;
  code.absolute(0xad, address);
  code.absolute(0x20, PUT);
  probes.push({
    label: `$${address.toString(16)} in ${token}`,
    chip: found.chip,
    at: found.bank * unit + within + mark,
  });
  if (!/^[rx]\d+$/.test(token)) return;
  const value = (0x5a + probes.length) & 0xff;
  code.store(value, start + within + RAM_PROBE);
  code.absolute(0xad, start + within + RAM_PROBE);
  code.absolute(0x20, PUT);
  probes.push({ label: `RAM at $${address.toString(16)}`, chip: undefined, at: value });
}

function emitPpu(code: Code, step: Step, probes: Probe[]): void {
  code.absolute(0x20, READ_PPU);
  const tokens = [...(step.chr ?? "- - - - - - - -").split(" "), ...(step.nt ?? "- - - -").split(" ")];
  tokens.forEach((token, page) => {
    const found = chipOf(token, "chr");
    const at = found === undefined ? 0 : found.bank * KIB;
    const label = found === undefined ? "" : `PPU $${(page * KIB).toString(16)} in ${token}`;
    probes.push({ label, chip: found?.chip, at });
  });
}

/** The chip and the bank of a token such as "3", "r1" or "n0"; undefined if it says nothing readable. */
function chipOf(token: string, side: "prg" | "chr"): { chip: ChipName; bank: number } | undefined {
  const parts = /^([rnx]?)(\d+)(ro)?$/.exec(token);
  // Extra RAM that is only read is made by the board, such as MMC5's fill page.
  if (parts === null || (parts[1] === "x" && parts[3] !== undefined)) return undefined;
  const chips: Record<string, ChipName> = { "": `${side}Rom`, r: `${side}Ram`, n: "ciram", x: "extraRam" };
  return { chip: chips[parts[1]], bank: Number(parts[2]) };
}

/** Puts the program, code that copies it to RAM, and the reset vector into every 2 KiB page of PRG ROM. */
function withProgram(
  image: CartridgeImage,
  program: readonly number[],
  one: BoardCase,
  probes: readonly Probe[],
): CartridgeImage {
  const loaderBytes = 12 * Math.ceil(program.length / 256) + 12;
  const start = gapOf(loaderBytes + program.length, one, probes);
  const origin = 0xf800 + start;
  const code = new Code();
  code.emit(0x78, 0xa2, 0xff, 0x9a, 0xe8); // SEI, LDX #$FF, TXS, INX
  const source = origin + loaderBytes;
  const loop = origin + code.bytes.length;
  for (let done = 0; done < program.length; done += 256) {
    code.absolute(0xbd, source + done); // LDA source,X
    code.absolute(0x9d, PROGRAM + done); // STA PROGRAM,X
  }
  code.emit(0xe8, 0xd0, (loop - (origin + code.bytes.length + 3)) & 0xff); // INX, BNE loop
  code.absolute(0x4c, PROGRAM);
  const prgRom = image.prgRom.slice();
  for (let page = 0; page + PAGE_BYTES <= prgRom.length; page += PAGE_BYTES) {
    prgRom.set(code.bytes, page + start);
    prgRom.set(program, page + start + loaderBytes);
    prgRom.set([origin & 0xff, origin >> 8], page + 0x7fc);
  }
  return { ...image, prgRom };
}

/**
 * Where a page has room that no write of the case hits, so that the code causes no bus conflicts, and no mark
 * of extra RAM, from which the cards of copiers run the ROM.
 */
function gapOf(bytes: number, { steps }: BoardCase, probes: readonly Probe[]): number {
  const hit = new Uint8Array(PAGE_BYTES);
  hit[0] = 1;
  hit.fill(1, 0x7f8);
  for (const step of steps) if (isWrite(step) && step[0] >= 0x8000) hit[step[0] & 0x7ff] = 1;
  if (probes.some(({ chip }) => chip === "extraRam"))
    for (const kib of [0, KIB]) hit[kib] = hit[kib + RAM_MARK] = 1;
  for (let start = 1; start + bytes < PAGE_BYTES; start++) {
    const next = hit.indexOf(1, start);
    if (next - start >= bytes) return start;
    start = next;
  }
  throw new Error(`no room for ${bytes} bytes`);
}

/**
 * Marks every KiB of a cartridge's RAM, and returns the values that the probes should give. Extra RAM may
 * hold registers: it is marked only where a probe reads it.
 */
export function markMemory(memory: CartridgeMemory, probes: readonly Probe[]): (number | undefined)[] {
  const chips: readonly Chip[] = [memory.prgRam, memory.chrRam, memory.ciram, memory.extraRam];
  const probed = new Set(
    probes.filter(({ chip }) => chip === "extraRam").map(({ at }) => Math.floor(at / KIB)),
  );
  chips.forEach((chip, seed) => {
    for (let at = 0; at < chip.bytes; at += KIB) {
      if (chip === memory.extraRam && !probed.has(at / KIB)) continue;
      for (const mark of [0, RAM_MARK]) {
        if (at + mark < chip.bytes)
          memory.bytes[chip.offset + at + mark] = (0x31 * (at / KIB + 1) + seed) & 0xff;
      }
    }
  });
  return probes.map(({ chip, at, label }) => {
    if (chip !== undefined) return memory.bytes[memory[chip].offset + at];
    return label === "" ? undefined : at;
  });
}

/** The results in work RAM once the program is done; undefined before that. */
export function resultsOf(workRam: Uint8Array, count: number): number[] | undefined {
  return workRam[DONE] === DONE_VALUE ? [...workRam.subarray(RESULTS, RESULTS + count)] : undefined;
}
