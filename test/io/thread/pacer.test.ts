import { beforeEach, describe, expect, test } from "bun:test";
import fc from "fast-check";
import { Histogram } from "../../../src/io/shared/histogram.ts";
import { HISTOGRAM_WORDS } from "../../../src/io/shared/layout-words.ts";
import { Pacer, type PacerClock, STALL_MS } from "../../../src/io/thread/pacer.ts";

const PERIOD_MS = 1000 / 60.0988;

/** A clock that advances when it sleeps, when it is read, and when a test advances it. */
class FakeClock implements PacerClock {
  timeMs = 1000;
  sleptMs = 0;
  looks = 0;
  /** Extra time of every sleep. */
  overshootMs = 0;

  nowMs(): number {
    this.looks++;
    this.timeMs += 0.0001;
    return this.timeMs;
  }

  sleepMs(milliseconds: number): void {
    this.sleptMs += milliseconds;
    this.timeMs += milliseconds + this.overshootMs;
  }
}

let clock: FakeClock;
let lateness: Histogram;
let pacer: Pacer;

beforeEach(() => {
  clock = new FakeClock();
  lateness = new Histogram(new Int32Array(HISTOGRAM_WORDS));
  pacer = new Pacer(clock, lateness);
});

/** Runs frames with these work times. Returns the start of each, relative to the stretch's start. */
function runFrames(workMs: readonly number[], periodMs = PERIOD_MS): number[] {
  pacer.restart(periodMs);
  const start = clock.timeMs;
  return workMs.map((work) => {
    pacer.waitForDeadline();
    const began = clock.timeMs - start;
    clock.timeMs += work;
    pacer.finishFrame();
    return began;
  });
}

describe("pacer", () => {
  test("frames begin at multiples of the exact period, without drift", () => {
    const began = runFrames(new Array(10_000).fill(3));
    for (const [frame, time] of began.entries())
      expect(Math.abs(time - frame * PERIOD_MS)).toBeLessThan(0.01);
    expect(pacer.missed).toBe(0);
    expect(lateness.percentile(0.99)).toBeLessThan(10);
  });

  test("sleeps most of the time and spins only shortly before the deadline", () => {
    runFrames(new Array(600).fill(3));
    const idleMs = 600 * (PERIOD_MS - 3);
    expect(clock.sleptMs / idleMs).toBeGreaterThan(0.95);
  });

  test("never begins a frame early, nor lets a late one shift those after it", () => {
    const work = fc.array(fc.double({ min: 0, max: 60, noNaN: true }), { minLength: 1, maxLength: 100 });
    fc.assert(
      fc.property(work, fc.double({ min: 0, max: 3, noNaN: true }), (workMs, overshootMs) => {
        clock = new FakeClock();
        clock.overshootMs = overshootMs;
        pacer = new Pacer(clock, lateness);
        let readyMs = 0;
        let lost = 0;
        for (const [frame, time] of runFrames(workMs).entries()) {
          if (pacer.reanchored > 0) return;
          const due = Math.max(frame * PERIOD_MS, readyMs);
          expect(time).toBeGreaterThanOrEqual(frame * PERIOD_MS);
          expect(time).toBeLessThan(due + overshootMs + 0.1);
          readyMs = time + workMs[frame]!;
          if (readyMs > (frame + 1) * PERIOD_MS) lost++;
        }
        expect(Math.abs(pacer.missed - lost)).toBeLessThanOrEqual(1);
      }),
    );
  });

  test("a frame that is not finished when the next is due is missed, and the next ones catch up", () => {
    const began = runFrames([1, 40, 1, 1, 1, 1]);
    expect(pacer.missed).toBe(2);
    expect(began[2]! - began[1]!).toBeCloseTo(40, 1);
    expect(began[5]).toBeCloseTo(5 * PERIOD_MS, 1);
  });

  test("after a stall the lost time is given up instead of caught up", () => {
    const stallMs = 60_000;
    const began = runFrames([1, stallMs, 1, 1]);
    expect(pacer.reanchored).toBe(1);
    expect(began[3]! - began[2]!).toBeCloseTo(PERIOD_MS, 1);
    expect(lateness.max).toBeLessThanOrEqual(STALL_MS * 1000);
    expect(pacer.missed).toBeLessThan(20);
  });

  test("late sleeps lengthen the spin, punctual ones shorten it again", () => {
    clock.overshootMs = 1;
    runFrames(new Array(100).fill(3));
    const wide = pacer.spinMs;
    expect(wide).toBeGreaterThanOrEqual(0.9);
    clock.overshootMs = 0;
    runFrames(new Array(4000).fill(3));
    expect(pacer.spinMs).toBeLessThan(wide / 2);
  });

  test("a spin from a busy start is short again after 15 seconds", () => {
    clock.overshootMs = 1.4;
    runFrames(new Array(60).fill(3));
    expect(pacer.spinMs).toBeGreaterThan(1.2);
    clock.overshootMs = 0.05;
    runFrames(new Array(900).fill(3));
    expect(pacer.spinMs).toBeLessThan(0.2);
  });

  test("sleeps that nobody notices, or that no spin can make up for, do not lengthen the spin", () => {
    for (const overshootMs of [0.1, 8]) {
      clock.overshootMs = overshootMs;
      const before = pacer.spinMs;
      runFrames(new Array(100).fill(3));
      expect(pacer.spinMs).toBeLessThanOrEqual(before);
    }
  });

  test("an unpaced stretch never waits and misses nothing", () => {
    runFrames(new Array(100).fill(50), 0);
    expect(clock.sleptMs).toBe(0);
    expect(pacer.periodMs).toBe(0);
    expect(pacer.missed).toBe(0);
  });

  test("frames without a sleep in between are counted, so that a thread can leave its real-time class", () => {
    runFrames(new Array(13).fill(20));
    expect(pacer.framesWithoutSleep).toBeGreaterThan(10);
    expect(pacer.framesWithSleep).toBe(0);
    runFrames([1, 1, 1]);
    expect(pacer.framesWithoutSleep).toBe(0);
    expect(pacer.framesWithSleep).toBe(2);
  });
});
