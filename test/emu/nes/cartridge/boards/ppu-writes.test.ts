import { expect, test } from "bun:test";
import { BoardHarness, testImage } from "../../../../support/board-harness.ts";

test("FS306: PPU writes to CHR ROM select which CHR banks are RAM", () => {
  const image = testImage({ mapper: 544, prgKib: 256, chrKib: 256, chrRamKib: 2 });
  const board = new BoardHarness(image);
  const select = (bank: number, ramBank: number): string => {
    board.write(0xb000, bank & 0x0f);
    board.write(0xb400, bank >> 4);
    board.memory.writePpu(0x0123, 0);
    board.write(0xb000, ramBank & 0x0f);
    board.write(0xb400, ramBank >> 4);
    return board.chr.split(" ")[0]!;
  };
  expect(select(0x40, 0x28)).toBe("r0"); // no change: such a bank selects nothing
  expect(select(0x82, 0x28)).toBe("40");
  expect(select(0x82, 0x03)).toBe("r1");
  expect(select(0x88, 0x4d)).toBe("r1");
  expect(select(0x8a, 0x64)).toBe("r0");
  expect(select(0xc0, 0x47)).toBe("r1");
  expect(select(0xc0, 0x48)).toBe("72");
  expect(select(0x9a, 0x46)).toBe("70");
  board.load(board.save());
  expect(board.chr.split(" ")[0]).toBe("70");
});

test("FS303: PPU writes to CHR ROM select which CHR banks are RAM", () => {
  const board = new BoardHarness(testImage({ mapper: 195, prgKib: 128, chrKib: 256, chrRamKib: 4 }));
  const setBank = (bank: number): void => {
    board.write(0x8000, 2);
    board.write(0x8001, bank);
  };
  const select = (bank: number, ramBank: number): string => {
    setBank(bank);
    board.memory.writePpu(0x1123, 0);
    setBank(ramBank);
    return board.chr.split(" ")[4]!;
  };
  expect(board.chr).toBe("r0 r1 r2 r3 4 5 6 7");
  expect(select(0x40, 2)).toBe("r2"); // no change: such a bank selects nothing
  expect(select(0x80, 2)).toBe("2");
  expect(select(0x80, 0x2a)).toBe("r2");
  expect(select(0xc8, 5)).toBe("r1");
  board.load(board.save());
  expect(board.chr.split(" ")[4]).toBe("r1");
  expect(select(0x90, 5)).toBe("5");
});

test.each([
  [253, [0x08, 0x88, 0xc8], 5, ["r1", "5", "r1"]],
  [252, [0x08, 0x88, 0xc8], 7, ["r1", "7", "7"]],
])("Waixing's VRC4 clone, mapper %i: writes through %p change bank %i", (mapper, through, bank, seen) => {
  const board = new BoardHarness(testImage({ mapper, prgKib: 256, chrKib: 512, chrRamKib: 2 }));
  const select = (selecting: number): string => {
    board.write(0xb000, selecting & 0x0f);
    board.write(0xb004, selecting >> 4);
    board.memory.writePpu(0x0123, 0);
    board.write(0xb000, bank);
    board.write(0xb004, 0);
    return board.chr.split(" ")[0]!;
  };
  expect(through.map(select)).toEqual(seen);
});

test("C/E BASIC: PPU writes to $2400 select the patterns of a tile", () => {
  const board = new BoardHarness(testImage({ mapper: 560, prgKib: 64, chrKib: 128, mirroring: "vertical" }));
  board.memory.writePpu(0x2405, 0x11);
  expect(board.fetch(0x2405)).toBe(0x11);
  expect(board.fetch(0x0000)).toBe((0x11 * 2048) / 1024);
  expect(board.fetch(0x0008)).toBe((0x11 * 2048) / 1024);
  expect(board.fetch(0x23c5)).toBe(0);
  expect(board.fetch(0x0000)).toBe((0x11 * 2048) / 1024); // attributes select nothing
  board.fetch(0x2006);
  expect(board.fetch(0x0000)).toBe(0);
});

test("C/E BASIC, Subor: bits 6 and 7 select the bit planes", () => {
  const image = testImage({ mapper: 560, submapper: 1, prgKib: 64, chrKib: 128, mirroring: "vertical" });
  const board = new BoardHarness(image);
  const patterns = (tile: number): number[] => {
    board.memory.writePpu(0x2400, tile);
    board.fetch(0x2400);
    return [board.fetch(0x0000), board.fetch(0x0008)];
  };
  expect(patterns(0)).toEqual([0, 0]);
  expect(patterns(0x83)).toEqual([12, 0]);
  expect(patterns(0x43)).toEqual([0, 12]);
  expect(patterns(0xc3)).toEqual([12, 12]);
});

test("Konami QT adapter: QTRAM selects the patterns of a tile of the background", () => {
  const cartridge = { mapper: 547, prgKib: 640, chrKib: 128, chrRamKib: 8, ramKib: 8, nvramKib: 8 };
  const board = new BoardHarness(testImage(cartridge));
  board.memory.writePpu(0x0010, 0xa1);
  board.memory.writePpu(0x1010, 0xa2);
  board.memory.writePpu(0x2405, 0x77);
  const background = (tile: number): number[] => {
    board.write(0xda00, 1);
    board.memory.writePpu(0x2405, tile);
    board.write(0xda00, 0);
    expect(board.fetch(0x2405)).toBe(0x77);
    board.fetch(0x27c1);
    return [board.fetch(0x0010), board.fetch(0x0018)];
  };
  expect(background(0)).toEqual([0xa1, 0]);
  expect(background(1)).toEqual([0xa2, 0]);
  // Characters: 16 tiles of 8 bytes each are 128 bytes of the ROM, whose pages of 1 KiB have numbers.
  expect(background(0x41)).toEqual([2, 0]);
  expect(background(0xc3)).toEqual([6, 0xff]);
  board.fetch(0x2405);
  board.fetch(0x2406);
  expect(board.fetch(0x1010)).toBe(0xa2); // sprites
});

test.each([164, 257, 442])(
  "mapper %i: one bit per pixel, in the half of CHR that a nametable selects",
  (mapper) => {
    const board = new BoardHarness(testImage({ mapper, prgKib: 512, chrRamKib: 8, ramKib: 8 }));
    const halves = [0x0010, 0x0018, 0x1010, 0x1018];
    for (const address of halves) board.memory.writePpu(address, (address >> 8) | (address & 0x0f));
    const patterns = (nametable: number): number[] => {
      board.fetch(nametable);
      return halves.map((address) => board.fetch(address));
    };
    const all = [0x00, 0x08, 0x10, 0x18];
    expect(patterns(0x2201)).toEqual(all);
    board.write(0x5000, 0x80);
    expect(patterns(0x2000)).toEqual([0x00, 0x00, 0x00, 0x00]);
    expect(patterns(0x2001)).toEqual([0x08, 0x08, 0x08, 0x08]);
    expect(patterns(0x2200)).toEqual([0x10, 0x10, 0x10, 0x10]);
    expect(patterns(0x2201)).toEqual([0x18, 0x18, 0x18, 0x18]);
    // Only the first read of a nametable after a pattern counts: the attribute does not.
    board.fetch(0x2000);
    expect(patterns(0x23c1)).toEqual([0x00, 0x00, 0x00, 0x00]);
    board.write(0x5000, 0x00);
    expect(patterns(0x2201)).toEqual(all);
  },
);
