import { expect, test } from "bun:test";
import { InputError } from "../../../../src/emu/input-error.ts";
import { CPU_PAGE_BYTES, PPU_PAGE_BYTES } from "../../../../src/emu/nes/cartridge/memory.ts";
import type { Nes } from "../../../../src/emu/nes/nes.ts";
import { readRom } from "../../../../src/io/files/roms/rom-file.ts";
import { createHeadless } from "../../../../src/io/shared/headless.ts";
import { FRAME_PIXELS } from "../../../support/machines.ts";
import { Prng } from "../../../support/prng.ts";
import { buildRom } from "../../../support/rom-builder.ts";
import { SOAK } from "../../../support/shared.ts";

const CASES = SOAK ? 10_000 : 200;
/** A VS. DualSystem draws two pictures. */
const pixels = new Uint16Array(2 * FRAME_PIXELS);

/** A well-formed file with a random mapper and sizes, and noise as its program. */
function strangeRom(random: Prng): Uint8Array {
  const nes2 = random.below(2) === 0;
  const rom = buildRom({
    nes2,
    mapper: random.below(nes2 ? 700 : 256),
    submapper: random.below(3) === 0 ? random.below(16) : 0,
    prgUnits: [1, 2, 3, 5, 8, 16][random.below(6)]!,
    chrUnits: [0, 1, 2, 3, 5, 16][random.below(6)]!,
    flags6: random.below(16),
    flags7: random.below(4) === 0 ? random.below(4) : 0,
    bytes: nes2
      ? { 10: random.byte() & 0xbb, 11: random.byte() & 0xbb, 12: random.below(4), 13: random.byte() }
      : {},
  });
  for (let at = 16; at < rom.length; at++) rom[at] = random.byte();
  return rom;
}

/** Page tables must not point outside the machine's memory, or from one chip into the next. */
function checkPages({ memory }: Nes): void {
  const { workRam, ciram, prgRom, chrRom, prgRam, chrRam, extraRam } = memory;
  const chips = [workRam, ciram, prgRom, chrRom, prgRam, chrRam, extraRam];
  const tables = [
    [memory.cpuReadPages, CPU_PAGE_BYTES],
    [memory.cpuWritePages, CPU_PAGE_BYTES],
    [memory.ppuReadPages, PPU_PAGE_BYTES],
    [memory.ppuWritePages, PPU_PAGE_BYTES],
  ] as const;
  for (const [table, bytes] of tables) {
    for (const offset of table) {
      if (offset < 0) continue;
      const chip = chips.find((each) => offset >= each.offset && offset + bytes <= each.offset + each.bytes);
      if (chip === undefined) throw new Error(`page at ${offset} is in no chip`);
    }
  }
}

test(
  `${CASES} strange but well-formed ROMs run noise, save and load without harm`,
  () => {
    const random = new Prng(20260802);
    let ran = 0;
    for (let index = 0; index < CASES; index++) {
      const rom = strangeRom(random);
      try {
        const nes = createHeadless(readRom(rom, "strange.nes").image);
        nes.runFrame(pixels);
        checkPages(nes);
        const state = new Uint8Array(nes.stateBytes);
        nes.save(state);
        nes.load(state);
        nes.reset("reset");
        nes.runFrame(pixels);
        checkPages(nes);
        ran++;
      } catch (error) {
        if (!(error instanceof InputError))
          throw new Error(`case ${index}: ${[...rom.slice(0, 16)]}`, { cause: error });
      }
    }
    expect(ran).toBeGreaterThan(CASES / 4);
  },
  SOAK ? 1_200_000 : 60_000,
);
