import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { Rf5c66Timer } from "../../../../../../src/emu/nes/cartridge/boards/network/rf5c66-timer.ts";
import { NEVER } from "../../../../../../src/emu/nes/interrupts.ts";

function timerOf(reload: number, control: number): Rf5c66Timer {
  const timer = new Rf5c66Timer(new Uint8Array(2), new Int32Array(2));
  timer.writeReload(false, reload & 0xff);
  timer.writeReload(true, reload >> 8);
  timer.writeControl(control);
  return timer;
}

describe("the timer", () => {
  test.each<[string, number, number, number, number, number]>([
    ["counts down without interrupts", 100, 0, 40, 60, 0],
    ["reaches 0 without expiring", 100, 2, 100, 0, 0],
    ["expires and rolls over", 100, 2, 101, 0xffff, 1],
    ["expires and starts again", 100, 3, 101, 100, 1],
    ["repeats each reload + 1 cycles", 9, 3, 35, 4, 1],
    ["rolls over more than once", 0, 0, 0x10000 + 1, 0xffff, 1],
  ])("%s", (_name, reload, control, cycles, counter, expired) => {
    const timer = timerOf(reload, control);
    timer.run(cycles);
    expect([timer.counter, timer.expired]).toEqual([counter, expired]);
  });

  test("that has expired interrupts as soon as interrupts are on, until it is acknowledged", () => {
    const timer = timerOf(3, 0);
    timer.run(10);
    expect([timer.interrupts, timer.cyclesToIrq]).toEqual([false, NEVER]);
    timer.writeControl(2);
    expect(timer.interrupts).toBe(true);
    timer.acknowledge();
    expect([timer.interrupts, timer.cyclesToIrq]).toEqual([false, 4]);
  });

  test("gives the same in pieces", () => {
    fc.assert(
      fc.property(
        fc.nat(0xffff),
        fc.nat(3),
        fc.array(fc.nat(80_000), { maxLength: 8 }),
        (reload, control, spans) => {
          const [whole, pieces] = [timerOf(reload, control), timerOf(reload, control)];
          for (const span of spans) {
            whole.run(span);
            pieces.run(span >> 1);
            pieces.run(span - (span >> 1));
          }
          expect([pieces.counter, pieces.expired]).toEqual([whole.counter, whole.expired]);
        },
      ),
    );
  });
});
