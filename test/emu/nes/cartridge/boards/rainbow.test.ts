import { describe, expect, test } from "bun:test";
import { BoardHarness, testImage } from "../../../../support/board-harness.ts";
import type { Write } from "./board-case.ts";

const IMAGE = testImage({ mapper: 682, prgKib: 32, chrKib: 512, ramKib: 32, chrRamKib: 32 });
const READS_PER_LINE = 170;
/** The first sprite's pattern byte, by its position in a line. */
const FIRST_SPRITE = 130;

function rainbow(...writes: readonly Write[]): BoardHarness {
  const harness = new BoardHarness(IMAGE);
  for (const [address, value] of writes) harness.write(address, value);
  return harness;
}

/** The PPU's reads of a line by position, from the third column on. */
function addressAt(place: number): number {
  const phase = place & 3;
  if (place >= 168) return 0x2002;
  if (place >= 128 && place < 160) return phase < 2 ? 0x2000 + phase : 0x0008 + phase * 8;
  const column = place < 128 ? 2 + (place >> 2) : (place - 160) >> 2;
  if (phase === 0) return 0x2000 + column;
  return phase === 1 ? 0x23c0 + (column >> 2) : phase * 8;
}

/** Reads lines from the end of the pre-render line on. Returns the bytes of the last one. */
function draw(
  harness: BoardHarness,
  lines: number,
  onRead?: (line: number, place: number) => void,
): number[] {
  harness.fetch(0x2002);
  harness.fetch(0x2002);
  let bytes: number[] = [];
  for (let line = 0; line < lines; line++) {
    bytes = [];
    for (let place = 0; place < READS_PER_LINE; place++) {
      bytes.push(harness.fetch(addressAt(place)));
      onRead?.(line, place);
    }
  }
  return bytes;
}

describe("Rainbow's scanline counter", () => {
  test.each([
    [0, 135],
    [3, 1],
    [7, 169],
  ])("asserts IRQ in line %i at read %i, never later than announced", (line, offset) => {
    const harness = rainbow([0x4150, line], [0x4153, offset], [0x4151, 0]);
    let reads = 0;
    let announced = harness.board.readsUntilIrq(0);
    const found: [number, number][] = [];
    draw(harness, 9, (at, place) => {
      reads++;
      if (found.length > 0) return;
      if (harness.irq) found.push([at, place]);
      else announced = Math.min(announced, reads + harness.board.readsUntilIrq(place + 1));
    });
    expect(found).toEqual([[line, offset]]);
    expect(announced).toBeLessThanOrEqual(line * READS_PER_LINE + offset + 1);
    expect(harness.read(0x4161)).toBe(0x80);
    expect(harness.read(0x4151) & 1).toBe(1);
    expect([harness.irq, harness.read(0x4151) & 1]).toEqual([false, 0]);
  });

  test("tells frame, line and horizontal blank, and the cycles since the interrupt", () => {
    const harness = rainbow([0x4150, 2], [0x4151, 0]);
    expect([harness.read(0x4151), harness.read(0x4150)]).toEqual([0, 0xff]);
    const states: number[] = [];
    draw(harness, 2, (line, place) => {
      // The harness lets no time pass between reads of the PPU.
      if (line === 1 && (place === 50 || place === 150)) states.push(harness.board.peekRegister(0x4151, 0));
    });
    expect(states).toEqual([0x40, 0xc0]);
    expect(harness.board.peekRegister(0x4150, 0)).toBe(1);
    draw(rainbow(), 1);
    const late = rainbow([0x4159, 40], [0x415a, 1]);
    expect(late.cyclesToIrq(100)).toBe(40);
    late.idle(20);
    expect(late.read(0x4154)).toBe(23);
    late.endFrame(late.cycle);
    expect(late.read(0x4154)).toBe(26);
  });
});

describe("Rainbow replaces bytes of the background", () => {
  test("by its palette and its 4 KiB bank from FPGA RAM", () => {
    const harness = rainbow([0x412a, 0x03], [0x5002, 0xc5], [0x4121, 0]);
    const line = draw(harness, 1);
    expect(line.slice(0, 4)).toEqual([0, 0xff, 20, 20]);
    harness.write(0x412a, 0x07); // the bytes of the second page
    harness.idle(10);
    expect(draw(harness, 1).slice(0, 4)).toEqual([0, 0, 0, 0]);
  });

  test("by a tile and a palette", () => {
    const harness = rainbow([0x412a, 0x20], [0x4124, 0x77], [0x4125, 2]);
    expect(draw(harness, 1).slice(0, 2)).toEqual([0x77, 0xaa]);
  });

  test("by another nametable in a window", () => {
    const harness = rainbow(
      [0x4120, 0x10],
      [0x4170, 2],
      [0x4171, 3],
      [0x4173, 1],
      [0x4174, 1],
      [0x4175, 8],
      [0x412e, 1],
      [0x5423, 0x66], // row 1, column 3
      [0x57c0, 0xe4],
    );
    const line = draw(harness, 2);
    expect([line[0], line[1], line[4], line[8]]).toEqual([0x66, 0x55, 0, 0]);
    // The last columns of a line are the first two of the next, which is not in the window.
    expect(draw(harness, 3)[0]).toBe(0);
  });

  test("a window whose end is before its start goes around the edge", () => {
    const harness = rainbow([0x4120, 0x10], [0x4170, 30], [0x4171, 2], [0x4173, 255], [0x412e, 0]);
    for (let tile = 0; tile < 32; tile++) harness.write(0x5000 + tile, 0x80 | tile);
    const line = draw(harness, 1);
    const columns = Array.from({ length: 32 }, (_, index) => line[index * 4]!);
    expect(columns[0]).toBe(0x82);
    expect(columns.slice(1, 28)).toEqual(new Array(27).fill(0));
    expect(columns.slice(28)).toEqual([0x9e, 0x9f, 0x80, 0x81]);
  });
});

test("Rainbow gives each sprite a bank, in the order in which the PPU finds them", () => {
  const oam: Write[] = [
    [0x2003, 0],
    ...[10, 1, 0, 0, 1, 1, 0, 0, 0, 1, 0, 0].map((value): Write => [0x2004, value]),
  ];
  const harness = rainbow([0x4120, 0x20], ...oam, [0x4201, 6], [0x4202, 9], [0x4240, 0]);
  // Sprites 3 to 63 are on line 0 too.
  const sprites = (line: number[]) => [line[FIRST_SPRITE], line[FIRST_SPRITE + 4]];
  expect(sprites(draw(harness, 1))).toEqual([36, 0]);
  harness.idle(10);
  expect(sprites(draw(harness, 2))).toEqual([24, 36]);
  harness.write(0x2000, 0x20);
  harness.idle(10);
  expect(sprites(draw(harness, 2))).toEqual([48, 72]);
});

test("Rainbow's flash erases 64 KiB, and its whole chip", () => {
  const image = testImage({ mapper: 682, prgKib: 256, battery: true });
  const harness = new BoardHarness(image);
  const command = (...bytes: readonly Write[]): void => {
    for (const [address, value] of [[0x8aaa, 0xaa], [0x8555, 0x55], ...bytes] as const)
      harness.write(address, value);
  };
  const erased = (): number => {
    const { bytes, prgRom } = harness.memory;
    const rom = bytes.subarray(prgRom.offset, prgRom.offset + prgRom.bytes);
    return rom.filter((byte) => byte === 0xff).length;
  };
  const before = erased();
  command([0x8aaa, 0x80], [0x8aaa, 0xaa], [0x8555, 0x55], [0x8000, 0x30]);
  expect(erased() - before).toBe(32 * 1024);
  command([0x8aaa, 0x80], [0x8aaa, 0xaa], [0x8555, 0x55], [0x8aaa, 0x10]);
  expect(erased()).toBe(256 * 1024);
});
