/** R.O.B.: signals that a program flashes, and what his gyros press on controller 2. */
import { describe, expect, test } from "bun:test";
import { Arena } from "../../../../src/emu/arena.ts";
import type { LightSource } from "../../../../src/emu/nes/input/devices.ts";
import { Plugged } from "../../../../src/emu/nes/input/plug.ts";
import { robotReport, robotText } from "../../../../src/emu/nes/input/robot-text.ts";
import { readRom } from "../../../../src/io/files/roms/rom-file.ts";
import { createHeadless } from "../../../../src/io/shared/headless.ts";
import { TestProgram } from "../../../support/test-program.ts";

const PREAMBLE = "00010";
const LEFT = 0xba;
const RIGHT = 0xea;
const UP_1 = 0xfa;
const UP_2 = 0xbb;
const DOWN_1 = 0xae;
const DOWN_2 = 0xfb;
const OPEN = 0xee;
const CLOSE = 0xbe;
const LAMP = 0xeb;
const CALIBRATE = 0xab;
/** Longer than any command but calibration. */
const PATIENCE_FRAMES = 130;
const SPIN_UP_FRAMES = 5 * 60;
const FULL_SPIN_FRAMES = 5 * 60 * 60;
const A = 1;
const B = 2;

function bitsOf(code: number): string {
  return PREAMBLE + code.toString(2).padStart(8, "0");
}

/** R.O.B. in port 2 before a screen that is black or bright. */
class Room {
  readonly #plugged: Plugged;
  #isBright = false;

  constructor(port2: "rob" | "rob-blocks" = "rob") {
    const light: LightSource = { lightAt: () => false, isPictureBright: () => this.#isBright };
    this.#plugged = new Plugged(new Arena(new SharedArrayBuffer(4096)), { port2 }, light);
    this.wait(1);
  }

  wait(frames: number): void {
    for (let frame = 0; frame < frames; frame++) this.#plugged.rebase(29_780);
  }

  flash(bits: string): void {
    for (const bit of bits) {
      this.#isBright = bit === "1";
      this.wait(1);
    }
    this.#isBright = false;
  }

  /** Flashes commands, each when the one before is done. */
  command(...codes: number[]): this {
    for (const code of codes) {
      this.flash(bitsOf(code));
      this.wait(code === CALIBRATE ? 310 : PATIENCE_FRAMES);
    }
    return this;
  }

  get status(): number {
    return this.#plugged.robotStatus;
  }

  get report() {
    return robotReport(this.status)!;
  }

  get gyros(): (number | string)[] {
    return this.report.gyros.map(({ station, spins }) => (spins ? `${station} spinning` : station));
  }

  /** The eight bits of controller 2, with `held` pressed by a player. */
  pad(held = 0): number {
    this.#plugged.load(held << 8);
    let pad = 0;
    for (let bit = 0; bit < 8; bit++) pad |= (this.#plugged.read(1, 0, held << 8) & 1) << bit;
    return pad;
  }
}

describe("signals", () => {
  test("he begins in the middle, arms up and open, his lamp off", () => {
    expect(new Room().report).toEqual({
      station: 3,
      height: 6,
      isOpen: true,
      isMoving: false,
      isLampOn: false,
      command: "",
      gyros: [
        { station: 4, spins: false },
        { station: 5, spins: false },
      ],
    });
  });

  test.each([
    ["left", LEFT, { station: 2 }],
    ["right", RIGHT, { station: 4 }],
    ["down", DOWN_1, { height: 5 }],
    ["down 2", DOWN_2, { height: 4 }],
    ["up", UP_1, { height: 6 }],
    ["up 2", UP_2, { height: 6 }],
    ["close", CLOSE, { isOpen: false }],
    ["open", OPEN, { isOpen: true }],
    ["lamp on", LAMP, {}],
    ["calibrate", CALIBRATE, {}],
  ])("%s", (name, code, change) => {
    const room = new Room();
    const before = room.report;
    room.flash(bitsOf(code));
    expect(room.report).toMatchObject({ command: name, isMoving: code !== LAMP, isLampOn: code === LAMP });
    room.wait(310);
    expect(room.report).toEqual({ ...before, ...change, command: name, isLampOn: true });
  });

  test("stations and notches end at 1 and 5, 1 and 6; calibration comes back to the middle", () => {
    const room = new Room().command(...Array(6).fill(LEFT), ...Array(4).fill(DOWN_2), CLOSE);
    expect(room.report).toMatchObject({ station: 1, height: 1, isOpen: false });
    room.command(...Array(6).fill(RIGHT), UP_1);
    expect(room.report).toMatchObject({ station: 5, height: 2 });
    room.command(CALIBRATE);
    expect(room.report).toMatchObject({ station: 3, height: 6, isOpen: true });
  });

  test("a command needs its preamble, and all its bits", () => {
    const room = new Room();
    for (const bits of ["11010", "00110", "00011"]) room.flash(`1111${bits}${bitsOf(LEFT).slice(5)}`);
    for (let bit = 5; bit < 13; bit++) {
      const bits = [...bitsOf(CALIBRATE)];
      bits[bit] = bits[bit] === "1" ? "0" : "1";
      // A change of two bits can be another command; of one bit, this is one only for LAMP and UP_2.
      if (![LAMP, UP_2].includes(Number.parseInt(bits.slice(5).join(""), 2)))
        room.flash(`1111${bits.join("")}`);
    }
    expect(room.report).toMatchObject({ station: 3, height: 6, command: "" });
  });

  test("while he moves he sees nothing", () => {
    const room = new Room();
    room.flash(bitsOf(DOWN_2) + bitsOf(LEFT));
    room.wait(PATIENCE_FRAMES);
    expect(room.report).toMatchObject({ station: 3, height: 4, isMoving: false });
  });

  test("the test signal makes his lamp flash, or go out", () => {
    const room = new Room();
    room.flash("10".repeat(10));
    expect(room.report.isLampOn).toBe(true);
    room.wait(16);
    expect(room.report.isLampOn).toBe(false);
    room.command(LAMP);
    expect(room.report.isLampOn).toBe(true);
    room.flash("10".repeat(10));
    expect(room.report.isLampOn).toBe(false);
  });
});

describe("the Gyro set", () => {
  /** Takes the gyro at 4 and brings it over station 3, the blue pedestal. */
  const lifted = () => new Room().command(RIGHT, DOWN_2, DOWN_2, CLOSE, UP_2, LEFT);

  test("a player can still press the buttons", () => {
    expect(new Room().pad(0x91)).toBe(0x91);
  });

  test("a held gyro presses while the hands are low, and falls when it is released without spin", () => {
    const room = lifted();
    expect([room.gyros, room.pad()]).toEqual([[0, 5], 0]);
    room.command(DOWN_2);
    expect(room.pad()).toBe(A);
    room.command(OPEN);
    expect([room.gyros, room.pad()]).toEqual([[4, 5], 0]);
  });

  test("a gyro that spins stays on a pedestal for five minutes", () => {
    const room = lifted().command(LEFT, LEFT, DOWN_2);
    room.wait(SPIN_UP_FRAMES);
    expect(room.gyros).toEqual(["0 spinning", 5]);
    room.command(UP_2, RIGHT, DOWN_2, OPEN, UP_2);
    expect([room.gyros, room.pad(A)]).toEqual([["2 spinning", 5], A | B]);
    room.wait(FULL_SPIN_FRAMES - 10 * PATIENCE_FRAMES);
    expect(room.pad()).toBe(B);
    room.wait(10 * PATIENCE_FRAMES);
    expect([room.gyros, room.pad()]).toEqual([[4, 5], 0]);
  });

  test("a gyro that is dropped from above falls, and so does one above another", () => {
    const room = lifted().command(OPEN);
    expect(room.gyros).toEqual([4, 5]);
    room.command(RIGHT, DOWN_2, CLOSE, UP_2, RIGHT, DOWN_2, OPEN);
    expect(room.gyros).toEqual([4, 5]);
  });

  test("the text for players", () => {
    const room = lifted();
    room.flash(bitsOf(DOWN_2));
    expect(robotText(room.status)).toBe(
      "R.O.B. station 3, notch 4, closed, moving: down 2; gyros at held, 5",
    );
    expect([robotText(0), robotReport(0)]).toEqual(["", undefined]);
  });

  test("with the Block set nothing comes back", () => {
    const room = new Room("rob-blocks").command(RIGHT, DOWN_2, DOWN_2, CLOSE, LEFT);
    expect([room.gyros, room.pad(), room.report.station]).toEqual([[], 0, 3]);
  });
});

/** Shows a colour for `frames` frames, and reads controller 2's A and B into $20 and $21. */
function show(program: TestProgram, color: number, frames = 1): void {
  program.bytes(0xa0, frames); // LDY
  const loop = program.here;
  program.waitFrames(1).store(0x2006, 0x3f).store(0x2006, 0).store(0x2007, color).store(0x2006, 0);
  program.store(0x2006, 0).store(0x4016, 1).store(0x4016, 0);
  for (const at of [0x20, 0x21]) program.bytes(0xad, 0x17, 0x40, 0x29, 1, 0x85, at); // LDA, AND #1, STA
  program.bytes(0x88, 0xd0, (loop - program.here - 3) & 0xff); // DEY, BNE
}

test("a program flashes commands as Gyromite does, and reads what the gyros press", () => {
  const program = new TestProgram().waitFrames(2);
  const codes = [RIGHT, DOWN_2, DOWN_2, CLOSE, LEFT];
  for (const code of codes) {
    for (const bit of bitsOf(code)) show(program, bit === "1" ? 0x2a : 0x0f);
    show(program, 0x0f, PATIENCE_FRAMES);
  }
  const { image } = readRom(program.forever().toRom(), "flash");
  const nes = createHeadless(image, { devices: { port2: "rob" } });
  const read: string[] = [];
  for (let frame = 0; frame < codes.length * (13 + PATIENCE_FRAMES) + 10; frame++) {
    // No picture is asked for: he sees it all the same.
    nes.runFrame();
    read.push(`${nes.peek("cpu", 0x20)}${nes.peek("cpu", 0x21)}`);
  }
  expect(robotReport(nes.robotStatus())).toMatchObject({ station: 3, height: 2, isOpen: false });
  expect([...new Set(read)]).toEqual(["00", "10"]);
  expect(robotText(nes.robotStatus())).toBe("R.O.B. station 3, notch 2, closed; gyros at held, 5");
});
