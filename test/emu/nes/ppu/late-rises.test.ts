import { expect, test } from "bun:test";
import { readRom } from "../../../../src/io/files/roms/rom-file.ts";
import { createHeadless } from "../../../../src/io/shared/headless.ts";
import { TestProgram } from "../../../support/test-program.ts";

const MMC3 = 4;
const FRAMES = 6;
/** Where the IRQ handler is, and where it counts. */
const HANDLER = 0xc080;
const COUNT = 0x40;

/** Writes two values to a register by turns, all the time, with an IRQ of MMC3 at each rise of A12. */
function mmc3Program(register: number, one: number, other: number, control = 0, nops = 0): Uint8Array {
  const program = new TestProgram().store(0x4017, 0x40).waitFrames(2);
  for (const address of [0xc000, 0xc001, 0xe001]) program.store(address, 0);
  program.store(0x2000, control).store(0x2001, 0x1e).bytes(0x58);
  const loop = program.here;
  // An odd number of cycles, so that the writes come at every dot of a line.
  program.store(register, one).bytes(0xa5, 0, ...Array(nops).fill(0xea));
  program.store(register, other).bytes(0xea, 0xea);
  program.bytes(0x4c, loop & 0xff, loop >> 8);
  while (program.here < HANDLER) program.bytes(0xea);
  // INC count, STA $E000, STA $E001, TSX, INC $0200,X, RTI
  program.bytes(0xe6, COUNT, 0x8d, 0x00, 0xe0, 0x8d, 0x01, 0xe0, 0xba, 0xfe, 0x00, 0x02, 0x40);
  const rom = program.toRom();
  rom[6] = MMC3 << 4;
  rom.set([HANDLER & 0xff, HANDLER >> 8], rom.length - 2);
  return rom;
}

/** Compares the batched machine with the exact one after each frame. */
function compare(rom: Uint8Array): void {
  const { image } = readRom(rom, "rises.nes");
  for (const alignment of [0, 1, 2, 3] as const) {
    const [batched, exact] = [false, true].map((isExact) =>
      createHeadless(image, { alignment, exact: isExact }),
    );
    for (let frame = 0; frame < FRAMES; frame++) {
      const states = [batched!, exact!].map((nes) => {
        nes.runFrame();
        const state = new Uint8Array(nes.stateBytes);
        nes.save(state);
        return Bun.SHA1.hash(state, "hex");
      });
      expect(states[0]).toBe(states[1]!);
    }
    expect(exact!.peek("cpu", COUNT)).toBeGreaterThan(0);
  }
}

test.each([0x08, 0x20, 0x28, 0x30, 0x18])("rises of A12 between sprites after writes of %p", (control) => {
  compare(mmc3Program(0x2000, control, 0));
});

test.each([0x00, 0x08, 0x10, 0x18, 0x20])(
  "rises where v takes the bus from rendering, PPUCTRL %p",
  (control) => {
    // Nothing else makes the PPU catch up meanwhile.
    compare(mmc3Program(0x2001, 0, 0x1e, control, 12));
  },
);

test.each([0x10, 0x18, 0x30])("the rise at line 0's first tile, PPUCTRL %p", (control) => {
  compare(mmc3Program(0x2003, 0, 0, control));
});
