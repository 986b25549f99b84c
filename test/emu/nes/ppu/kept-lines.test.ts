import { expect, test } from "bun:test";
import fc from "fast-check";
import { Arena } from "../../../../src/emu/arena.ts";
import { Nes } from "../../../../src/emu/nes/nes.ts";
import { KIB } from "../../../../src/emu/units.ts";
import { type TestCartridge, testImage } from "../../../support/board-harness.ts";
import { FRAME_PIXELS } from "../../../support/machines.ts";
import { Prng } from "../../../support/prng.ts";
import { soakSize } from "../../../support/soak.ts";

/**
 * Lines of the picture are kept from frame to frame until something changes. So these frames change little:
 * some registers, tiles, patterns, colours or banks, and sometimes the state is an earlier one.
 */
const RUNS = soakSize(3, 500);
const FRAMES = 30;
/** The first frame that is compared, and whose start is saved. */
const FIRST_FRAME = 1;
const MOST_WRITES = 24;
/** Where the program finds the writes of the next frame: three bytes each, the address's high byte first. */
const LIST = 0x200;
/** Nametables and pattern tables, palette, and registers of the boards. */
const BOARD_REGISTERS = [0x5000, 0x8000, 0x8001, 0x8800, 0x9800, 0xa000, 0xa800, 0xb000, 0xc000, 0xd000];

/** It can map nametables as patterns. The test begins with them. */
const NAMCO_163 = 19;

const BOARDS: Readonly<Record<string, TestCartridge>> = {
  "CHR ROM": { mapper: 0 },
  "CHR RAM": { mapper: 0, chrRamKib: 8 },
  "CHR ROM in banks, mirroring": { mapper: 4, prgKib: 128, chrKib: 128 },
  "four nametables, CHR RAM in banks": { mapper: 4, prgKib: 128, chrRamKib: 32, mirroring: "four-screen" },
  "nametables as patterns and patterns as nametables": { mapper: NAMCO_163, prgKib: 128, chrKib: 128 },
  "nametables in CHR RAM": { mapper: 111, prgKib: 128, chrRamKib: 32 },
};

/** Waits for the PPU, then does the writes of `LIST` in each vertical blank. It is in every bank. */
const PROGRAM = [
  ...[0x78, 0xa2, 0xff, 0x9a], // SEI, LDX #$FF, TXS
  ...[0x2c, 0x02, 0x20, 0x10, 0xfb, 0x2c, 0x02, 0x20, 0x10, 0xfb], // two vertical blanks
  ...[0xa9, 0x8d, 0x85, 0x10, 0xa9, 0x60, 0x85, 0x13], // STA abs, RTS at $10
  ...[0xa9, 0x80, 0x8d, 0x00, 0x20, 0xa9, 0x1e, 0x8d, 0x01, 0x20], // NMI and rendering on
  ...[0x4c, 0x20, 0xe0], // JMP $E020
];
const NMI = [
  ...[0xa2, 0x00, 0xbd, 0x00, 0x02, 0xf0, 0x13, 0x85, 0x12], // LDX #0, LDA LIST,X, BEQ end
  ...[0xbd, 0x01, 0x02, 0x85, 0x11, 0xbd, 0x02, 0x02, 0x20, 0x10, 0x00], // the low byte, the value, JSR $10
  ...[0xe8, 0xe8, 0xe8, 0x4c, 0x42, 0xe0], // INX three times, JMP
  0x40, // end: RTI
];

function start(cartridge: TestCartridge, seed: number, exact: boolean): Nes {
  const image = testImage(cartridge);
  const random = new Prng(seed);
  const prgRom = new Uint8Array(image.prgRom.length);
  for (let bank = 0; bank < prgRom.length; bank += 8 * KIB) {
    prgRom.set(PROGRAM, bank);
    prgRom.set(NMI, bank + 0x40);
    prgRom.set([0x40, 0xe0, 0x00, 0xe0, 0x40, 0xe0], bank + 0x1ffa);
  }
  const chrRom = random.bytes(image.chrRom.length);
  const filled = { ...image, prgRom, chrRom };
  const nes = new Nes(new Arena(new SharedArrayBuffer(Nes.arenaBytes(filled))), filled, { exact });
  if (cartridge.mapper === NAMCO_163) {
    for (let register = 0x8000; register < 0xc000; register += 0x800)
      nes.board.writeRegister(register, 0xe0, 0);
  }
  for (let at = 0; at < 0x3000; at++) nes.poke("ppu", at, random.byte());
  for (let at = 0x3f00; at < 0x3f20; at++) nes.poke("ppu", at, random.byte());
  for (let at = 0; at < 256; at++) nes.poke("oam", at, random.byte());
  return nes;
}

/** One small change, as writes of registers. */
function change(random: Prng): [address: number, value: number][] {
  const at = (address: number): [number, number][] => [
    [0x2006, address >> 8],
    [0x2006, address & 0xff],
    [0x2007, random.byte()],
    [0x2007, random.byte()],
  ];
  switch (random.below(10)) {
    case 0:
      return at(0x2000 + random.below(0x1000));
    case 1: // in the first columns, which are the first on most lines
      return at(0x2000 + (random.below(0x1000) & 0xfe1));
    case 2:
      return at(random.below(0x2000));
    case 3:
      return at(0x3f00 + random.below(32));
    case 4:
      return [[0x2001, random.byte() | 0x18]];
    case 5:
      return [[0x2001, random.byte()]];
    case 6:
    case 7:
      // A bank of $E0 or above is a nametable to Namco's 163.
      return [
        [BOARD_REGISTERS[random.below(BOARD_REGISTERS.length)]!, random.byte() | (random.below(2) * 0xe0)],
      ];
    default:
      return [];
  }
}

/** Puts the next frame's writes into both machines: a few changes, and then where the picture begins. */
function writeList(machines: readonly Nes[], random: Prng, scroll: readonly [number, number, number]): void {
  const writes = Array.from({ length: random.below(4) }, () => change(random)).flat();
  writes.push([0x2000, 0x80 | scroll[0]], [0x2005, scroll[1]], [0x2005, scroll[2]]);
  expect(writes.length).toBeLessThan(MOST_WRITES);
  for (const nes of machines) {
    writes.forEach(([address, value], index) => {
      nes.poke("cpu", LIST + 3 * index, address >> 8);
      nes.poke("cpu", LIST + 3 * index + 1, address & 0xff);
      nes.poke("cpu", LIST + 3 * index + 2, value);
    });
    nes.poke("cpu", LIST + 3 * writes.length, 0);
  }
}

function compareFrames(cartridge: TestCartridge, seed: number): void {
  const machines = [start(cartridge, seed, false), start(cartridge, seed, true)] as const;
  const states = machines.map((nes) => new Uint8Array(nes.stateBytes));
  const pictures = machines.map(() => new Uint16Array(FRAME_PIXELS));
  const random = new Prng(seed + 1);
  const scroll: [number, number, number] = [0, 0, 0];
  for (let frame = 0; frame < FRAMES; frame++) {
    if (random.below(4) === 0) scroll[random.below(3)] = random.below(16);
    const goesBack = frame > FIRST_FRAME && random.below(8) === 0;
    const saves = random.below(8) === 0 || frame === FIRST_FRAME;
    for (const [which, nes] of machines.entries()) {
      if (goesBack) nes.restore(states[which]!);
      else if (saves) nes.save(states[which]!);
    }
    writeList(machines, random, scroll);
    const isSeen = random.below(4) !== 0;
    for (const [which, nes] of machines.entries()) {
      pictures[which]!.fill(0xffff);
      nes.runFrame(isSeen ? pictures[which] : undefined);
    }
    // Frame 0 begins before any picture is passed.
    if (isSeen && frame >= FIRST_FRAME) expect(isSame(pictures)).toBe(true);
  }
}

function isSame([first, second]: readonly Uint16Array[]): boolean {
  return first!.every((pixel, at) => pixel === second![at]);
}

test.each(Object.entries(BOARDS))("frames that change little: %s", (_, cartridge) => {
  fc.assert(
    fc.property(fc.nat(2 ** 30), (seed) => compareFrames(cartridge, seed)),
    { numRuns: RUNS },
  );
});
