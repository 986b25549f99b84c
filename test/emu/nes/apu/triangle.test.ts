import { expect, test } from "bun:test";
import { Triangle } from "../../../../src/emu/nes/apu/triangle.ts";

function playing(period: number, linear = 0x7f, control = 1): Triangle {
  const triangle = new Triangle();
  triangle.powerOn(0);
  triangle.length.enabled = 1;
  triangle.write(0, (control << 7) | linear, false);
  triangle.write(2, period & 0xff, false);
  triangle.write(3, 0x08 | (period >> 8), false);
  triangle.clockLinear();
  triangle.update();
  return triangle;
}

test("goes down from 15 and up again", () => {
  const triangle = playing(9);
  const levels = [triangle.level];
  for (let step = 1; step < 34; step++) {
    expect(triangle.edgeCycle).toBe((step - 1) * 10);
    triangle.passEdge();
    levels.push(triangle.level);
  }
  const down = Array.from({ length: 16 }, (_, i) => 15 - i);
  expect(levels).toEqual([...down, ...down.toReversed(), 15, 14]);
});

test("the linear counter runs out unless the control flag reloads it", () => {
  const counts = (control: number) => {
    const triangle = playing(9, 2, control);
    return Array.from({ length: 4 }, () => {
      triangle.clockLinear();
      triangle.update();
      return triangle.running;
    });
  };
  expect(counts(1)).toEqual([1, 1, 1, 1]);
  expect(counts(0)).toEqual([1, 0, 0, 0]);
});

test("a reload in the cycle before a clock waits for the next one", () => {
  const triangle = playing(9, 5, 0);
  triangle.write(3, 0x08, true);
  triangle.clockLinear();
  expect(triangle.linearCount).toBe(4);
  triangle.clockLinear();
  expect(triangle.linearCount).toBe(5);
});

test("a stopped triangle holds its position, a running inaudible one advances", () => {
  const stopped = playing(9, 0);
  stopped.sync(1000);
  expect(stopped.position).toBe(0);
  const ultrasonic = playing(1);
  expect(ultrasonic.ultrasonic).toBe(1);
  ultrasonic.sync(99);
  expect(ultrasonic.position).toBe(50 % 32);
  expect(ultrasonic.tickCycle).toBe(100);
});
