/** The RF5C66 with a card, on the board and in the machine. */
import { describe, expect, test } from "bun:test";
import { InputError } from "../../../../../../src/emu/input-error.ts";
import type { CartridgeImage } from "../../../../../../src/emu/nes/cartridge/image.ts";
import { supportGaps } from "../../../../../../src/emu/nes/cartridge/support.ts";
import type { Nes } from "../../../../../../src/emu/nes/nes.ts";
import { batteryBytes } from "../../../../../../src/emu/nes/nes-sizes.ts";
import { type ExportOptions, gamePage } from "../../../../../../src/io/export/export-game.ts";
import { readRom } from "../../../../../../src/io/files/roms/rom-file.ts";
import { createHeadless } from "../../../../../../src/io/shared/headless.ts";
import { BoardHarness } from "../../../../../support/board-harness.ts";
import { inputErrorFrom, inputErrorOf } from "../../../../../support/input-errors.ts";
import { FRAME_PIXELS } from "../../../../../support/machines.ts";
import { programImage } from "../../../../../support/mutated-states.ts";
import { cardImage, cpu2Rom, numberedKanji } from "../../../../../support/network-system.ts";
import { Prng } from "../../../../../support/prng.ts";
import { TestProgram } from "../../../../../support/test-program.ts";
import { HORIZONTAL, VERTICAL } from "../board-case.ts";
import { mmc1 } from "../data/nintendo.ts";

const KANJI = numberedKanji();

function network(
  cartridge: Parameters<typeof cardImage>[1] = {},
  roms: Parameters<typeof cardImage>[0] = {},
) {
  return new BoardHarness(cardImage(roms, cartridge));
}

function writeAll(harness: BoardHarness, writes: readonly (readonly [number, number])[]): void {
  for (const [address, value] of writes) harness.write(address, value);
}

describe("the RF5C66", () => {
  test("has the nametables and the bank of CHR RAM, whatever the card's MMC1 says", () => {
    const harness = network();
    writeAll(harness, [...mmc1(0x8000, 0x1f), ...mmc1(0xa000, 3), ...mmc1(0xc000, 1)]);
    expect([harness.chr, harness.nametables]).toEqual(["r0 r1 r2 r3 r4 r5 r6 r7", VERTICAL]);
    writeAll(harness, [
      [0x4fc0, 0x08],
      [0x41ad, 0x80],
    ]);
    expect([harness.chr, harness.nametables]).toEqual(["r8 r9 r10 r11 r12 r13 r14 r15", HORIZONTAL]);
    expect(harness.read(0x40c0, 0xff)).toBe(0xf8);
  });

  test("maps its own RAM with both bits, else the card's, whose bank and switch are CHR lines", () => {
    const harness = network({ ramKib: 32 });
    const windows = (...writes: (readonly [number, number])[]) => {
      writeAll(harness, writes);
      return harness.prg.split(" ")[0];
    };
    expect(windows()).toBe("r0");
    expect(windows([0x40c0, 1])).toBe("x0");
    expect(windows([0x40ae, 0])).toBe("r0");
    expect(windows(...mmc1(0xa000, 0x0c))).toBe("r3");
    expect(windows(...mmc1(0xa000, 0x10))).toBe("-");
    expect(windows(...mmc1(0xa000, 0), ...mmc1(0xe000, 0x10))).toBe("-");
    expect(windows([0x40ae, 1])).toBe("x0");
  });

  test.each<[string, number, number, number]>([
    ["$40A0, which does not exist", 0x40a0, 0x00, 0xff],
    ["$40A1", 0x40a1, 0xff, 0xff],
    ["$40A2: bits 2 and 3 do not exist", 0x40a2, 0x20, 0x2c],
    ["$40A5: bits 3 to 6 do not exist", 0x40a5, 0x00, 0x78],
    ["$40A9", 0x40a9, 0x00, 0x00],
    ["$40AC", 0x40ac, 0x00, 0xff],
    ["$40AD: only bit 7 exists", 0x40ad, 0x00, 0x7f],
    ["$40B1", 0x40b1, 0xff, 0xff],
    ["$40C0: bits 4 to 6 do not exist", 0x40c0, 0x80, 0xf0],
    ["the mirror of $40C0", 0x4ec0, 0x80, 0xf0],
    ["the mailbox's flags: bits 0 to 4 do not exist", 0x40d3, 0xe0, 0xff],
    ["the mirror of the same", 0x40db, 0xe0, 0xff],
    ["the tone receiver", 0x40d4, 0x00, 0x00],
    ["the UART", 0x40d6, 0x3f, 0xff],
    ["$40D7", 0x40d7, 0x00, 0xff],
    ["the place of another device", 0x40e0, 0x00, 0xff],
  ])("reads %s, with all lines low or high", (_name, address, low, high) => {
    const harness = network();
    harness.read(0x40a2); // the timer has expired at once
    const one = harness.read(address, 0x00);
    expect([one, harness.read(address, 0xff)]).toEqual([low, high]);
  });

  test("interrupts after its timer's cycles, and reading $40A2 acknowledges", () => {
    const harness = network();
    harness.read(0x40a2);
    writeAll(harness, [
      [0x40a7, 0x25],
      [0x40a6, 0x20],
      [0x40a8, 0x02],
    ]);
    expect(harness.cyclesToIrq(20_000)).toBe(0x2521);
    expect(harness.read(0x40a2, 0)).toBe(0x21);
    expect([harness.irq, harness.read(0x40a2, 0)]).toEqual([false, 0x20]);
    expect(harness.read(0x40a7)).toBe(0xff);
  });

  test("runs CPU2 while bit 3 of $40B1 is 0, and shows that in $40C0", () => {
    const harness = network();
    const status = () => harness.read(0x40c0, 0) & 4;
    expect(status()).toBe(0);
    harness.write(0x40b1, 0xf7);
    expect([status(), harness.read(0x40b1)]).toEqual([4, 0xff]);
    harness.write(0x40b1, 0xff);
    expect(status()).toBe(0);
  });
});

describe("the kanji ROM", () => {
  test("gives the rows of a character one after the other, from the first again after a read of $40B0", () => {
    const harness = network({}, { kanjiRom: KANJI });
    const rows = (count: number) => Array.from({ length: count }, () => harness.read(0x5012));
    expect(rows(34)).toEqual([...KANJI.subarray(0x12 * 32, 0x13 * 32), KANJI[0x240], KANJI[0x241]]);
    harness.write(0x40b0, 1);
    expect(rows(2)).toEqual([0x94, 0x95]);
    harness.read(0x40b0);
    expect(rows(1)).toEqual([0x92]);
    harness.write(0x5000, 0xff);
    expect(rows(1)).toEqual([0x94]);
  });

  test("is blank if the user has none, and the image says so", () => {
    const harness = network();
    expect(harness.read(0x5012, 0xff)).toBe(0);
    const line = expect.stringContaining("no dial tone");
    expect(supportGaps(cardImage())).toEqual([line, expect.stringContaining("lh5323m1.bin")]);
    expect(supportGaps(cardImage({ kanjiRom: KANJI }))).toEqual([line]);
  });
});

describe("the card's EEPROM", () => {
  /** Sets select, clock and data as the MMC1's lines do. */
  function lines(harness: BoardHarness, select: number, clock: number, data: number): void {
    writeAll(harness, [...mmc1(0x8000, 0x1c | select), ...mmc1(0xa000, 0x10 | (clock << 1) | data)]);
  }
  function send(harness: BoardHarness, bits: string): void {
    for (const bit of bits) {
      lines(harness, 1, 0, Number(bit));
      lines(harness, 1, 1, Number(bit));
    }
  }
  function command(harness: BoardHarness, bits: string): void {
    lines(harness, 0, 0, 0);
    send(harness, bits);
  }

  test("is a 93C46 of 64 words, and is what the battery keeps", () => {
    const harness = network({ nvramBytes: 128 });
    command(harness, "100110000"); // EWEN
    command(harness, "1010001011100000110100101"); // word 5 is $C1A5
    command(harness, "110000101");
    const read = Array.from({ length: 16 }, () => {
      lines(harness, 1, 0, 0);
      lines(harness, 1, 1, 0);
      return harness.read(0x6000, 0xfe) & 1;
    });
    expect(Number.parseInt(read.join(""), 2)).toBe(0xc1a5);
    const { bytes, battery } = harness.memory;
    expect([...bytes.subarray(battery.offset + 10, battery.offset + 12)]).toEqual([0xa5, 0xc1]);
    harness.write(0x40c0, 1);
    expect(harness.prg.startsWith("x0")).toBe(true);
  });
});

test.each<[string, Partial<Parameters<typeof cardImage>[1]>, number]>([
  ["a card with battery RAM", { nvramKib: 8 }, 8192],
  ["a card with an EEPROM", { nvramBytes: 128 }, 128],
  ["a card with RAM without a battery", { ramKib: 8 }, 0],
])("%s keeps its own memory, not the console's", (_name, cartridge, bytes) => {
  expect(batteryBytes(cardImage({}, cartridge))).toBe(bytes);
});

/** CPU2's program for the console below: it answers three bytes with their sums, again and again. */
const ADDER = cpu2Rom([
  ...[0xa9, 0xe0, 0x8d, 0x22, 0x41], // LDA #$E0, STA $4122
  ...[0x2c, 0x22, 0x41, 0x30, 0xfb], // BIT $4122, BMI to it
  ...[0xad, 0x23, 0x41, 0x18, 0x6d, 0x24, 0x41, 0x8d, 0x23, 0x41], // $4123 = $4123 + $4124
  ...[0xa9, 0x20, 0x8d, 0x22, 0x41], // LDA #$20, STA $4122
  ...[0x2c, 0x22, 0x41, 0x10, 0xfb], // BIT $4122, BPL to it
  ...[0x80, 0xe1], // BRA to the start
]);

/** A card that reads kanji, switches CHR RAM, counts IRQs of the timer, and lets CPU2 add. */
function cardRom(): Uint8Array {
  const program = new TestProgram().waitFrames(2).store(0x40b1, 0xf7).store(0x40ad, 0x80).store(0x40b0, 1);
  // Tile 1 of the second bank of CHR RAM is the first half of a character.
  program.store(0x40c0, 0x09).store(0x2006, 0x00).store(0x2006, 0x10).bytes(0x2c, 0xb0, 0x40, 0xa2, 0x10);
  program.bytes(0xad, 0x23, 0x51, 0x8d, 0x07, 0x20, 0xca, 0xd0, 0xf7); // LDA $5123, STA $2007, DEX, BNE
  program.store(0x2006, 0x20).store(0x2006, 0x21).store(0x2007, 1);
  program.store(0x2006, 0x3f).store(0x2006, 0x01).store(0x2007, 0x30);
  program.store(0x2000, 0).store(0x2005, 0).store(0x2005, 0);
  // The built-in RAM holds what CPU2 answers.
  program.store(0x40d3, 0xff).bytes(0x2c, 0xd3, 0x40, 0x10, 0xfb); // BIT $40D3, BPL to it
  program.store(0x40d0, 0x21).store(0x40d1, 0x34).store(0x40d3, 0x7f).bytes(0x2c, 0xd3, 0x40, 0x30, 0xfb);
  program.bytes(0xad, 0xd0, 0x40, 0x8d, 0x00, 0x60).store(0x40d3, 0xff);
  program.store(0x2001, 0x0a).store(0x4017, 0x40).store(0x40a7, 0x10).store(0x40a6, 0x00);
  program.bytes(0xad, 0xa2, 0x40).store(0x40a8, 0x03).bytes(0x58).forever();
  const irq = program.here;
  program.bytes(0xee, 0x01, 0x60, 0xad, 0xa2, 0x40, 0x40); // INC $6001, LDA $40A2, RTI
  const rom = program.toRom();
  rom.set([0x4e, 0x45, 0x53, 0x1a, 1, 0, 0x10, 0x0b, 0, 0, 0, 7, 0, 12, 0, 0]);
  rom.set([irq & 0xff, irq >> 8], 16 + 0x3ffe);
  return rom;
}

function machine(exact: boolean, roms: Partial<CartridgeImage> = { kanjiRom: KANJI, cpu2Rom: ADDER }): Nes {
  const { image } = readRom(cardRom(), "card.nes");
  return createHeadless({ ...image, ...roms }, { exact });
}

/** A program for CPU2 of random bytes. */
function randomRom(seed: number): Uint8Array {
  const random = new Prng(seed);
  return Uint8Array.from({ length: 0x2000 }, () => random.byte());
}

function stateOf(nes: Nes): Uint8Array {
  const state = new Uint8Array(nes.stateBytes);
  nes.save(state);
  return state;
}

describe("a card in the machine", () => {
  test("draws a kanji, gets its interrupts and CPU2's answer", () => {
    const nes = machine(false);
    const pixels = new Uint16Array(FRAME_PIXELS);
    for (let frame = 0; frame < 10; frame++) nes.runFrame(pixels);
    const tile = Array.from({ length: 8 }, (_, row) => {
      const dots = Array.from({ length: 8 }, (_, dot) => pixels[(8 + row) * 256 + 8 + dot]!);
      return dots.map((color) => (color === 0x30 ? "1" : "0")).join("");
    });
    expect(nes.peek("cpu", 0x6000)).toBe(0x55);
    const irqs = nes.peek("cpu", 0x6001);
    nes.runFrame(pixels);
    expect(nes.peek("cpu", 0x6001) - irqs).toBeWithin(7, 9);
    const kanji = KANJI.subarray(0x20000 + 0x123 * 32);
    const first = Array.from({ length: 8 }, (_, row) => kanji[row]! & ~kanji[row + 8]!);
    expect(tile).toEqual(first.map((dots) => dots.toString(2).padStart(8, "0")));
  });

  test.each<[string, Partial<CartridgeImage>]>([
    ["with CPU2's program", { kanjiRom: KANJI, cpu2Rom: ADDER }],
    ["without ROMs", {}],
  ])("gives equal states cycle by cycle and from a state, %s", (_name, roms) => {
    const [fast, exact, resumed] = [machine(false, roms), machine(true, roms), machine(false, roms)];
    for (let frame = 0; frame < 12; frame++) {
      if (frame % 4 === 3) resumed.load(stateOf(resumed));
      for (const nes of [fast, exact, resumed]) nes.runFrame();
    }
    expect(Bun.hash(stateOf(exact))).toBe(Bun.hash(stateOf(fast)));
    expect(Bun.hash(stateOf(resumed))).toBe(Bun.hash(stateOf(fast)));
  });

  test.each<[string, Partial<CartridgeImage>]>([
    ["with CPU2's program", { kanjiRom: KANJI, cpu2Rom: randomRom(7) }],
    ["without ROMs", {}],
  ])("runs alike after any accesses, and damaged states never crash it, %s", (_name, roms) => {
    const random = new Prng(5);
    const card = { mapper: 1, submapper: 6, prgKib: 32, chrRamKib: 16, ramKib: 8 };
    const image: CartridgeImage = { ...programImage(1, 3, card), ...roms };
    const machines = [false, true].map((exact) => createHeadless(image, { exact }));
    const [fast, exact] = machines as [Nes, Nes];
    for (let frame = 0; frame < 6; frame++) {
      for (let count = 0; count < 12; count++) {
        const address = [0x40a0, 0x40d0, 0x5000, 0x8000][random.below(4)]! + random.below(64);
        const value = random.byte();
        for (const nes of machines) {
          if (value < 0x60) nes.cpu.read(address);
          else nes.cpu.write(address, value);
        }
      }
      for (const nes of machines) nes.runFrame();
      expect(Bun.hash(stateOf(exact))).toBe(Bun.hash(stateOf(fast)));
    }
    const good = stateOf(fast);
    const places = fast.stateFields.places.filter(({ name }) =>
      /^(board|rf5a18|cpu2|uart|modem|link|timer)\./.test(name),
    );
    for (let round = 0; round < 60; round++) {
      const bad = good.slice();
      for (let count = 0; count < 3; count++) {
        const { offset, elementBytes } = places[random.below(places.length)]!;
        for (let i = 0; i < elementBytes; i++)
          if (random.below(2) === 0) bad[32 + offset + i] = random.byte();
      }
      try {
        fast.load(bad);
      } catch (error) {
        expect(error).toBeInstanceOf(InputError);
        continue;
      }
      fast.runFrame();
    }
  });

  test("refuses a state of a machine with another CPU2", () => {
    const [one, other] = [machine(false), machine(false, {})];
    expect(inputErrorOf(() => one.load(stateOf(other))).message).toContain("rf5a18.hasProgram");
  });
});

test("a card has no page of its own", async () => {
  const rom = readRom(cardRom(), "card.nes");
  const options = { console: {}, scale: "fit", filter: "none", keys: {} } as unknown as ExportOptions;
  const page = gamePage({ rom, bytes: cardRom(), fdsBios: undefined }, options);
  expect((await inputErrorFrom(page)).message).toContain("Famicom Network System");
});
