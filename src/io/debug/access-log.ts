import { ACCESS_READ, ACCESS_WRITE, OPCODES } from "../../emu/nes/cpu/opcodes.ts";
import type { Probe } from "./probe.ts";

/** Flags of a byte of PRG ROM in FCEUX's code/data log; the bank's window is in bits 2 and 3. */
const CDL_CODE = 0x01;
const CDL_DATA = 0x02;
const CDL_WINDOW_SHIFT = 2;
const CDL_INDIRECT_CODE = 0x10;
const CDL_INDIRECT_DATA = 0x20;
/** Flag of a byte of CHR ROM: read by the program through $2007. */
const CDL_CHR_READ = 0x02;
const JMP_INDIRECT = 0x6c;

const LENGTH = Uint8Array.from(OPCODES, ({ lengthBytes }) => lengthBytes);
const IS_INDIRECT = Uint8Array.from(OPCODES, ({ mode }) => (mode === "inx" || mode === "iny" ? 1 : 0));

/**
 * Counts how often each address was executed, read and written, and records which bytes of ROM are code and
 * data. Only instructions that run for the first time count. Going back does not change the counts; a new
 * future adds to them.
 */
export class AccessLog {
  readonly executed = new Uint32Array(0x10000);
  readonly read = new Uint32Array(0x10000);
  readonly written = new Uint32Array(0x10000);
  readonly ppuRead = new Uint32Array(0x4000);
  readonly ppuWritten = new Uint32Array(0x4000);
  readonly #prg: Uint8Array;
  readonly #chr: Uint8Array;
  readonly #probe: Probe;

  constructor(probe: Probe) {
    const { prgRom, chrRom } = probe.nes.memory;
    this.#probe = probe;
    this.#prg = new Uint8Array(prgRom.bytes);
    this.#chr = new Uint8Array(chrRom.bytes);
  }

  /** Called after an instruction has run for the first time. */
  note(): void {
    const probe = this.#probe;
    const { pc, prgOffset, kinds, address, opcode } = probe;
    if (opcode < 0) return;
    this.executed[pc]!++;
    if (prgOffset >= 0) this.#noteCode(pc, prgOffset, opcode);
    if (kinds !== 0) {
      if ((kinds & ACCESS_READ) !== 0) this.read[address]!++;
      if ((kinds & ACCESS_WRITE) !== 0) this.written[address]!++;
      if (address >= 0x8000) this.#noteData(address, opcode);
    }
    if (probe.ppuKinds !== 0) this.#notePpu();
  }

  /** The log in FCEUX's format: a byte of flags for each byte of PRG ROM, then of CHR ROM. */
  cdl(): Uint8Array {
    const log = new Uint8Array(this.#prg.length + this.#chr.length);
    log.set(this.#prg);
    log.set(this.#chr, this.#prg.length);
    return log;
  }

  /** Number of bytes of PRG ROM that are code, and that are data. */
  totals(): { readonly code: number; readonly data: number; readonly bytes: number } {
    let code = 0;
    let data = 0;
    for (const flags of this.#prg) {
      if ((flags & CDL_CODE) !== 0) code++;
      else if ((flags & CDL_DATA) !== 0) data++;
    }
    return { code, data, bytes: this.#prg.length };
  }

  #noteCode(pc: number, offset: number, opcode: number): void {
    const flags = CDL_CODE | (((pc >> 13) & 3) << CDL_WINDOW_SHIFT);
    const prg = this.#prg;
    for (let at = offset + LENGTH[opcode]! - 1; at >= offset; at--) if (at < prg.length) prg[at]! |= flags;
    if (opcode !== JMP_INDIRECT) return;
    const target = this.#probe.prgOffsetAt(this.#probe.nes.cpu.pc);
    if (target >= 0) prg[target]! |= CDL_INDIRECT_CODE;
  }

  #noteData(address: number, opcode: number): void {
    const offset = this.#probe.prgOffsetAt(address);
    if (offset < 0 || (this.#probe.kinds & ACCESS_READ) === 0) return;
    const indirect = IS_INDIRECT[opcode] === 1 ? CDL_INDIRECT_DATA : 0;
    this.#prg[offset]! |= CDL_DATA | indirect | (((address >> 13) & 3) << CDL_WINDOW_SHIFT);
  }

  #notePpu(): void {
    const { ppuKinds, ppuAddress, nes } = this.#probe;
    if ((ppuKinds & ACCESS_WRITE) !== 0) this.ppuWritten[ppuAddress]!++;
    if ((ppuKinds & ACCESS_READ) === 0) return;
    this.ppuRead[ppuAddress]!++;
    const page = nes.memory.ppuReadPages[ppuAddress >> 10]!;
    const at = page + (ppuAddress & 0x3ff) - nes.memory.chrRom.offset;
    if (page >= 0 && at >= 0 && at < this.#chr.length) this.#chr[at]! |= CDL_CHR_READ;
  }
}
