/** CPU2 with programs of the tests' own. */
import { describe, expect, test } from "bun:test";
import { cpu2Rom, runningNetwork } from "../../../../../support/network-system.ts";

const CYCLES_PER_SECOND = 1_789_773;
const RAM_AT = 0x2000;
/** The word of the board that counts cycles since the last read of $40AC. */
const WATCHDOG_WORD = 24;

/** LDA #value, STA address. */
const store = (address: number, value: number) => [0xa9, value, 0x8d, address & 0xff, address >> 8];
const forever = [0x80, 0xfe]; // BRA to itself

/** A board whose CPU2 has run a program for some time. */
function run(code: readonly number[], cycles: number, handler: readonly number[] = [0x40]) {
  const start = [...code, ...forever];
  const rom = cpu2Rom([...start, ...handler], 0xe000 + start.length, 0xe000 + start.length);
  const harness = runningNetwork({ cpu2Rom: rom });
  harness.idle(cycles);
  const { bytes, extraRam } = harness.memory;
  return { harness, ram: bytes.subarray(extraRam.offset + RAM_AT, extraRam.offset + 2 * RAM_AT) };
}

test("it runs 2,457,600 cycles in a second of the Famicom", () => {
  // A counter of three bytes: INC and BNE take 8 cycles, and a carry 8 more, less the one of the branch.
  const { ram } = run(
    [0xe6, 0x10, 0xd0, 0xfc, 0xe6, 0x11, 0xd0, 0xf8, 0xe6, 0x12, 0x80, 0xf4],
    CYCLES_PER_SECOND,
  );
  const rounds = ram[0x10]! + 256 * (ram[0x11]! + 256 * ram[0x12]!);
  expect(rounds * (8 + 8 / 256)).toBeWithin(2_457_600 - 3000, 2_457_600 + 3000);
});

test("timer 1 counts periods of 1/1200 s and gives an NMI for each while it is on", () => {
  // A handler that reads $4103 into $20 and counts in $21.
  const handler = [0xad, 0x03, 0x41, 0x85, 0x20, 0xe6, 0x21, 0x40];
  const start = [...store(0x4100, 12), ...store(0x4101, 0), ...store(0x412f, 1), ...store(0x4102, 3)];
  const { ram } = run(start, CYCLES_PER_SECOND, handler);
  expect(ram[0x20]! & 1).toBe(1);
  expect(ram[0x21]).toBeWithin(99, 102);
  const once = run([...start.slice(0, -5), ...store(0x4102, 2)], CYCLES_PER_SECOND, handler);
  expect(once.ram[0x21]).toBe(1);
  const off = run([...store(0x4100, 12), ...store(0x4102, 3)], CYCLES_PER_SECOND, handler);
  expect(off.ram[0x21]).toBe(0);
});

test("timer 2 counts cycles and gives an IRQ for each period", () => {
  const handler = [0xad, 0x07, 0x41, 0x85, 0x20, 0xe6, 0x21, 0x40];
  const start = [
    0x58,
    ...store(0x4104, 0x00),
    ...store(0x4105, 0x60),
    ...store(0x412f, 0x40),
    ...store(0x4106, 3),
  ];
  const { ram } = run(start, CYCLES_PER_SECOND, handler);
  expect(ram[0x20]! & 2).toBe(2);
  expect(ram[0x21]).toBeWithin(99, 102);
});

test("the UART takes a byte, then another, and is idle when both have left", () => {
  // 1200 baud, 8 bits: 10 bits of 2048 cycles for each byte. $4112 before and after each write, then $40D6.
  const look = (at: number) => [0xad, 0x12, 0x41, 0x85, at];
  const send = store(0x4110, 0x55);
  const code = [...store(0x4111, 0x0a), ...look(0x20), ...send, ...look(0x21), ...send, ...look(0x22)];
  const { ram, harness } = run(code, 1000);
  expect([...ram.subarray(0x20, 0x23)]).toEqual([0x06, 0x02, 0x00]);
  const status = () => harness.read(0x40d6, 0) & 0x07;
  expect(status()).toBe(0x07);
  harness.idle(Math.round((10.5 * 2048 * CYCLES_PER_SECOND) / 2_457_600));
  expect(status()).toBe(0x03);
});

describe("registers read", () => {
  test.each<[string, number, number, number]>([
    ["nothing as the last byte", 0x4100, 0xff, 0x41],
    ["a timer that has not expired", 0x4103, 0xff, 0x40],
    ["a UART that is off", 0x4112, 0xff, 0x04],
    ["the line, with the watchdog's output low", 0x4126, 0xff, 0xfb],
    ["no tone", 0x4128, 0xff, 0x01],
    ["no result of the unit for long numbers", 0x4135, 0x01, 0x00],
    ["the Famicom's flags", 0x4122, 0xe0, 0xe0],
  ])("%s", (_name, address, mask, value) => {
    const { ram } = run([0xad, address & 0xff, address >> 8, 0x85, 0x20], 500);
    expect(ram[0x20]! & mask).toBe(value);
  });
});

test("the watchdog's output is high for 21 cycles if the Famicom has not read $40AC for 12.5 s", () => {
  // LDA #4, then LDX $4126, BIT $4126, BEQ to it, INC zp, until it is low again.
  const code = [
    0xa9, 0x04, 0x2c, 0x26, 0x41, 0xf0, 0xfb, 0xe6, 0x20, 0x2c, 0x26, 0x41, 0xd0, 0xfb, 0x80, 0xf2,
  ];
  const { harness, ram } = run(code, 1000);
  const words = new Int32Array(harness.registers.buffer, harness.registers.byteOffset, 64);
  const almost = Math.round(2 ** 28 / 12) - 2000;
  words[WATCHDOG_WORD] = almost;
  harness.idle(1000);
  expect(ram[0x20]).toBe(0);
  harness.idle(2000);
  expect(ram[0x20]).toBe(1);
  words[WATCHDOG_WORD] = almost;
  harness.read(0x40ac);
  harness.idle(3000);
  expect(ram[0x20]).toBe(1);
});

test("the Famicom and CPU2 exchange bytes, and the clock of the UART shows its rate", () => {
  // Waits for flag 7 to fall, copies three bytes with their bits turned, and answers with $20.
  const turn = (n: number) => [0xad, 0x23 + n, 0x41, 0x49, 0xff, 0x8d, 0x23 + n, 0x41];
  const code = [...store(0x4122, 0xe0), ...store(0x4114, 3), 0x2c, 0x22, 0x41, 0x30, 0xfb];
  const { harness } = run([...code, ...turn(0), ...turn(1), ...turn(2), ...store(0x4122, 0x20)], 500);
  expect(harness.read(0x40d3, 0x1f)).toBe(0xff);
  for (const [at, value] of [1, 2, 3].entries()) harness.write(0x40d0 + at, value);
  expect(harness.read(0x40d0)).toBe(0xff);
  harness.write(0x40d3, 0x7f);
  harness.idle(200);
  expect([0, 1, 2, 3].map((register) => harness.read(0x40d8 + register, 0))).toEqual([
    0xfe, 0xfd, 0xfc, 0x20,
  ]);
  // 153.6 kHz: a period of 11.65 cycles.
  const levels = Array.from({ length: 3495 }, () => (harness.read(0x40d5) >> 4) & 1);
  const rises = levels.filter((level, at) => level === 1 && levels[at - 1] === 0).length;
  expect(rises).toBeWithin(870, 920);
});
