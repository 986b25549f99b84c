import { describe, expect, test } from "bun:test";
import { Z80_REGISTER_BYTES } from "../../../../../src/emu/z80/registers.ts";
import { Z80 } from "../../../../../src/emu/z80/z80.ts";
import { builtInControlRoms } from "../../../../../src/io/files/roms/playchoice/built-in-control.ts";
import { BIG_DIGITS } from "../../../../../src/io/files/roms/playchoice/control-tiles.ts";

/** Bits of port 0. */
const CHANNEL = 0x01;
const ENTER = 0x02;
const RESET = 0x04;
const COIN_2 = 0x20;
const SERVICE = 0x40;
const COIN_1 = 0x80;

/** Ports that the program writes. */
const VIDEO = 0;
const CONTROLS = 1;
const DISPLAY = 2;
const SOUND = 3;
const GAME_RESET = 4;
const NMI = 8;

/** T-states of a frame, and of its vertical blank: 256 lines and 32, at 60.2 Hz and 4 MHz. */
const FRAME = 66_438;
const VERTICAL_BLANK = 8_305;

const ROMS = builtInControlRoms();

/** The board without a game. */
class ControlBench {
  /** Values of ports, and what was written to ports 1 to 0Ah in order, as "port=value". */
  readonly ports = new Uint8Array(256);
  readonly written: string[] = [];
  buttons = 0;
  switches = [0x40, 0x3f];
  readonly #memory = new Uint8Array(0x10000);
  readonly #cpu: Z80;

  constructor() {
    this.#memory.set(ROMS.program);
    this.#cpu = new Z80(
      {
        read: (address) => this.#memory[address]!,
        write: (address, value) => {
          const isVideo = address >= 0x9000 && address < 0x9800;
          if (!isVideo && (address < 0x8000 || address >= 0x8800)) throw new Error(`wrote to ${address}`);
          if (isVideo && this.ports[VIDEO] !== 0) throw new Error("wrote to video RAM that is shown");
          this.#memory[address] = value;
        },
        readPort: (port) => [this.buttons, ...this.switches][port & 0xff] ?? 0xff,
        writePort: (port, value) => {
          this.ports[port & 0xff] = value;
          if ((port & 0xff) > 0 && (port & 0xff) < 0x10) this.written.push(`${port & 0xff}=${value}`);
        },
      },
      new Uint8Array(Z80_REGISTER_BYTES),
    );
    this.#cpu.reset();
    this.run(8);
  }

  /**
   * Runs frames without the time in which the program waits for the next. Returns the most T-states that it
   * was busy in one that began with an NMI.
   */
  run(frames: number): number {
    let longest = 0;
    for (let count = 0; count < frames; count++) {
      const cpu = this.#cpu;
      const hasNmi = this.ports[NMI] === 1;
      cpu.cycle = 0;
      if (hasNmi) cpu.nmi();
      do cpu.step();
      while (!cpu.isHalted && cpu.cycle < FRAME);
      if (hasNmi) longest = Math.max(longest, cpu.cycle);
    }
    return longest;
  }

  /** Presses a button for two frames. */
  press(button: number, frames = 2): void {
    this.written.length = 0;
    this.buttons = button;
    this.run(2);
    this.buttons = 0;
    this.run(frames);
  }

  /** The text of a row of the screen; large digits as digits. */
  row(row: number): string {
    const tiles = Array.from({ length: 32 }, (_, column) => this.#memory[0x9000 + 64 * row + 2 * column]!);
    return tiles
      .map((tile) => String.fromCharCode(tile < BIG_DIGITS ? tile : 0x30 + ((tile - BIG_DIGITS) >> 2)))
      .join("");
  }

  /** The time, as the digits below the screen show it. */
  get time(): string {
    return [3, 2, 1, 0].map((digit) => this.ports[0x10 + digit]! & 15).join("");
  }
}

test("starts the game without its controls, and asks for a coin", () => {
  const bench = new ControlBench();
  expect(bench.written).toEqual([
    "9=1",
    "8=0",
    "1=0",
    "3=1",
    "4=0",
    "10=0",
    "2=1",
    "8=1",
    "10=1",
    "5=1",
    "4=1",
  ]);
  expect(bench.row(6).trim()).toBe("YOUR TIME");
  expect(bench.row(8).trim()).toBe("00000000");
  expect(bench.row(12).trim()).toBe("INSERT COIN");
  expect(bench.time).toBe("0000");
  bench.run(30);
  expect(bench.row(12).trim()).toBe("");
});

test("shows all of its work within vertical blank", () => {
  const bench = new ControlBench();
  const longest = [COIN_1, ENTER, RESET, COIN_2, CHANNEL].map((button) => {
    bench.buttons = button;
    return bench.run(40);
  });
  expect(Math.max(...longest)).toBeLessThan(VERTICAL_BLANK);
});

test("a coin buys time, ENTER begins, time runs, and its end starts the demo", () => {
  const bench = new ControlBench();
  bench.press(ENTER);
  expect(bench.written).toEqual([]);
  bench.press(COIN_1);
  expect([bench.time, bench.row(8).trim()]).toEqual(["0300", "00330000"]);
  expect(bench.row(12).trim()).toBe("PRESS ENTER TO PLAY");
  bench.switches = [0x00, 0x05];
  bench.press(ENTER, 6);
  expect(bench.written).toEqual(["1=1", "3=1", "4=0", "10=0", "10=1", "5=1", "4=1"]);
  expect(bench.row(12).trim()).toBe("TIME IS RUNNING");
  expect(bench.time).toBe("0292");
  bench.run(291);
  expect([bench.time, bench.ports[CONTROLS]]).toEqual(["0001", 1]);
  bench.run(1);
  expect([bench.time, bench.ports[CONTROLS], bench.ports[SOUND]]).toEqual(["0000", 0, 0]);
  expect(bench.ports[GAME_RESET]).toBe(0);
  bench.run(5);
  expect([bench.ports[GAME_RESET], bench.ports[DISPLAY]]).toEqual([1, 1]);
});

test("RESET begins again, and CHANNEL SELECT ends the game and keeps the time", () => {
  const bench = new ControlBench();
  bench.press(COIN_1);
  bench.press(ENTER, 10);
  bench.press(RESET, 10);
  expect(bench.written).toEqual(["4=0", "10=0", "10=1", "5=1", "4=1"]);
  bench.press(CHANNEL, 10);
  expect(bench.written).toEqual(["1=0", "3=1", "4=0", "10=0", "10=1", "5=1", "4=1"]);
  const { time } = bench;
  bench.run(200);
  expect(bench.time).toBe(time);
});

test("a held button counts once", () => {
  const bench = new ControlBench();
  bench.buttons = COIN_1;
  bench.run(100);
  expect(bench.time).toBe("0300");
});

test("time ends at 9999, and free play keeps it there", () => {
  const bench = new ControlBench();
  for (let coin = 0; coin < 40; coin++) bench.press(COIN_1);
  expect(bench.time).toBe("9999");
  const free = new ControlBench();
  free.switches[1] = 0x80;
  free.press(ENTER, 200);
  expect([free.time, free.ports[CONTROLS]]).toEqual(["9999", 1]);
});

describe("prices", () => {
  /** MAME's table: units for a coin in slot 1 and slot 2 by switches 1 to 6. */
  function expected(switches: number): [number, number] {
    const entry = switches & 15;
    const thousands = 1000 * ((switches >> 4) & 3);
    if (entry < 10) return [300, thousands + 100 * entry];
    return [150, thousands + (entry === 15 ? 500 : 200 * (entry - 10))];
  }

  const digits = (value: number): string => String(value).padStart(4, "0");

  test.each([0, 0x40])("with switch 15 at %d", (half) => {
    for (let switches = 0; switches < 64; switches++) {
      const bench = new ControlBench();
      bench.switches = [switches, 0x3f | half];
      bench.run(1);
      const [first, second] = expected(switches);
      const paid = half === 0 ? second : second / 2;
      expect(bench.row(15).trim()).toBe(`COIN 1 BUYS ${digits(first)}`);
      expect(bench.row(17).trim()).toBe(paid === 0 ? "" : `COIN 2 BUYS ${digits(paid)}`);
      bench.press(COIN_2);
      expect(bench.time).toBe(digits(paid));
      bench.press(SERVICE);
      expect(bench.time).toBe(digits(paid + first));
    }
  });
});

/** Frames of a unit of time, by switches 9 to 14. */
test.each([
  [0x3f, 59],
  [0x22, 30],
  [0x10, 12],
  [0x04, 256],
])("switches %d: a unit of time lasts %d frames", (switches, frames) => {
  const bench = new ControlBench();
  bench.switches[1] = switches;
  bench.press(COIN_1);
  bench.buttons = ENTER;
  bench.run(frames - 1);
  expect(bench.time).toBe("0300");
  bench.run(1);
  expect(bench.time).toBe("0299");
});

test("each character of the texts has a tile", () => {
  const bench = new ControlBench();
  const text = Array.from({ length: 32 }, (_, row) => bench.row(row)).join("");
  const isEmpty = (tile: number): boolean => {
    return [0, 0x2000, 0x4000].every((plane) =>
      ROMS.tiles.subarray(plane + 8 * tile, plane + 8 * tile + 8).every((row) => row === 0),
    );
  };
  const missing = new Set(
    [...text].filter((character) => character !== " " && isEmpty(character.charCodeAt(0))),
  );
  expect([...missing]).toEqual([]);
  for (let tile = BIG_DIGITS; tile < BIG_DIGITS + 40; tile++)
    expect([tile, isEmpty(tile)]).toEqual([tile, false]);
});
