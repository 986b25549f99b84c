import { readRom } from "../../src/io/files/roms/rom-file.ts";
import { type Cartridge, type Game, type GameOptions, powerOn } from "../../src/io/library/index.ts";
import { parseMlb } from "../../src/io/symbols/mlb.ts";
import { Symbols } from "../../src/io/symbols/symbols.ts";

const ORIGIN = 0xc000;

/**
 * A small program for tests of the library. It counts frames in `nmi_count` and `frame_count` and presses of
 * A in `a_count`, and has routines to call. It is assembled by hand from each routine's bytes.
 */
const NMI_COUNT = 0x10;
const FRAME_COUNT = 0x20;
const A_COUNT = 0x21;
const SUM = 0x30;

class Assembler {
  readonly labels: Record<string, number> = {};
  readonly #code: number[] = [];

  get here(): number {
    return ORIGIN + this.#code.length;
  }

  label(name: string, ...code: number[]): this {
    this.labels[name] = this.here;
    return this.bytes(...code);
  }

  bytes(...code: number[]): this {
    this.#code.push(...code);
    return this;
  }

  /** An instruction with an absolute address. */
  to(opcode: number, name: string): this {
    const address = this.labels[name]!;
    return this.bytes(opcode, address & 0xff, address >> 8);
  }

  rom(): Uint8Array {
    const rom = new Uint8Array(16 + 0x4000);
    rom.set([0x4e, 0x45, 0x53, 0x1a, 1, 0]);
    rom.set(this.#code, 16);
    for (const [index, name] of ["nmi", "reset", "irq"].entries()) {
      const address = this.labels[name]!;
      rom.set([address & 0xff, address >> 8], 16 + 0x3ffa + 2 * index);
    }
    return rom;
  }
}

/**
 * With bugs, holding A for 16 frames in total causes a JAM, B overflows the stack, Select jumps into RAM and
 * Start to unmapped memory.
 */
function assemble(withBugs: boolean): Assembler {
  const assembler = new Assembler();
  assembler
    // PHA, INC nmi_count, PLA, RTI: 7 + 3 + 5 + 4 + 6 cycles.
    .label("nmi", 0x48, 0xe6, NMI_COUNT, 0x68, 0x40)
    .label("irq", 0x40)
    // CLC, ADC #5, STA sum, RTS: 2 + 2 + 3 + 6 cycles.
    .label("add_five", 0x18, 0x69, 0x05, 0x85, SUM, 0x60)
    .label("jams", 0x02)
    .label("hangs")
    .to(0x4c, "hangs");
  assembler
    // LDX #$FF, then 256 times STA $0200,X and DEX, BNE; RTS.
    .label("fill", 0xa2, 0xff, 0x9d, 0x00, 0x02, 0xca, 0xd0, 0xfa, 0x60)
    // PHA in a loop: the stack wraps around.
    .label("overflow", 0x48)
    .to(0x4c, "overflow");
  assembler
    // INC frame_count, strobe $4016, read A; if it is pressed INC a_count. RTS.
    .label("tick", 0xe6, FRAME_COUNT, 0xa9, 1, 0x8d, 0x16, 0x40, 0xa9, 0, 0x8d, 0x16, 0x40)
    .bytes(0xad, 0x16, 0x40, 0x29, 1, 0xf0, 2, 0xe6, A_COUNT);
  if (withBugs) {
    assembler.bytes(0xa5, A_COUNT, 0xc9, 16, 0xd0, 3).to(0x4c, "jams");
    assembler.bytes(0xad, 0x16, 0x40, 0x29, 1, 0xf0, 3).to(0x4c, "overflow");
    assembler.bytes(0xad, 0x16, 0x40, 0x29, 1, 0xf0, 3, 0x4c, 0x80, 0x00);
    assembler.bytes(0xad, 0x16, 0x40, 0x29, 1, 0xf0, 3, 0x4c, 0x00, 0x50);
  }
  assembler
    .bytes(0x60)
    .label("reset", 0x78, 0xa2, 0xff, 0x9a)
    .bytes(0x2c, 0x02, 0x20, 0x10, 0xfb, 0x2c, 0x02, 0x20, 0x10, 0xfb)
    .bytes(0xa9, 0x80, 0x8d, 0x00, 0x20)
    // LDA nmi_count; wait: CMP nmi_count, BEQ wait; JSR tick.
    .label("main", 0xa5, NMI_COUNT)
    .label("wait", 0xc5, NMI_COUNT, 0xf0, 0xfc)
    .to(0x20, "tick")
    .to(0x4c, "main");
  return assembler;
}

const program = assemble(false);
export const LIBRARY_ROM = program.rom();
export const LABELS: Readonly<Record<string, number>> = program.labels;

const mlbOf = (labels: Readonly<Record<string, number>>): string =>
  [
    ...Object.entries(labels).map(
      ([name, address]) => `NesPrgRom:${(address - ORIGIN).toString(16)}:${name}`,
    ),
    `NesInternalRam:${NMI_COUNT.toString(16)}:nmi_count`,
    `NesInternalRam:${FRAME_COUNT.toString(16)}:frame_count`,
    `NesInternalRam:${A_COUNT.toString(16)}:a_count`,
    `NesInternalRam:${SUM.toString(16)}:sum`,
  ].join("\n");

/** The program on a machine that is powered on. */
export function libraryGame(options: GameOptions = {}): Game {
  return powerOn(cartridgeOf(program), options);
}

/** The program with its bugs. */
export function buggyCartridge(): Cartridge {
  return cartridgeOf(assemble(true));
}

function cartridgeOf(assembled: Assembler): Cartridge {
  return {
    rom: readRom(assembled.rom(), "test.nes"),
    symbols: new Symbols(parseMlb(mlbOf(assembled.labels))),
  };
}
