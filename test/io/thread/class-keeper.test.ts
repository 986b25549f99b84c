import { describe, expect, test } from "bun:test";
import { ClassKeeper } from "../../../src/io/thread/class-keeper.ts";

/** A thread whose clocks are set by hand. */
class FakeThread {
  readonly pacer = { periodMs: 16, framesWithSleep: 0, framesWithoutSleep: 0 };
  readonly priority = {
    isRaised: false,
    hasClass: true,
    restore: () => {
      this.priority.isRaised = this.priority.hasClass;
    },
    lower: () => {
      this.priority.isRaised = false;
    },
  };
  cpuMs: number | undefined = 0;
  /** How often its CPU time was read: that allocates a number. */
  reads = 0;
  readonly keeper = new ClassKeeper(this.priority, this.pacer, () => {
    this.reads++;
    return this.cpuMs;
  });

  /** Runs frames that take this CPU time each, with a sleep before each or late. */
  run(frames: number, cpuMs: number, sleeps: boolean): boolean {
    for (let i = 0; i < frames; i++) {
      if (this.cpuMs !== undefined) this.cpuMs += cpuMs;
      this.pacer.framesWithSleep = sleeps ? this.pacer.framesWithSleep + 1 : 0;
      this.pacer.framesWithoutSleep = sleeps ? 0 : this.pacer.framesWithoutSleep + 1;
      this.keeper.frameDone();
    }
    return this.priority.isRaised;
  }
}

describe("a machine thread", () => {
  test("that waits for a processor before every frame, but computes little, gets the class", () => {
    const thread = new FakeThread();
    expect(thread.run(15, 1, false)).toBe(false);
    expect(thread.run(1, 1, false)).toBe(true);
    // The frames that were late before do not count against it.
    expect(thread.run(9, 1, false)).toBe(true);
    thread.run(1, 1, true);
    expect(thread.run(1000, 1, true)).toBe(true);
  });

  test("gets it at once if the last frame of its warm-up has taken little of the CPU", () => {
    for (const [lastMs, isRaised] of [
      [7, true],
      [9, false],
      [undefined, false],
    ] as const) {
      const thread = new FakeThread();
      thread.keeper.start(lastMs, 16);
      expect(thread.priority.isRaised).toBe(isRaised);
    }
  });

  test("that computes more than half of the time gets it only if it sleeps before every frame", () => {
    const thread = new FakeThread();
    expect(thread.run(1000, 9, false)).toBe(false);
    expect(thread.run(59, 9, true)).toBe(false);
    expect(thread.run(1, 9, true)).toBe(true);
  });

  test("loses it after ten frames in a row without a sleep, and gets it again when it has time", () => {
    const thread = new FakeThread();
    thread.run(60, 12, true);
    expect(thread.run(9, 17, false)).toBe(true);
    expect(thread.run(1, 17, false)).toBe(false);
    expect(thread.run(1000, 17, false)).toBe(false);
    expect(thread.run(25, 1, false)).toBe(true);
  });

  test("that runs uncapped, or may not have it, never gets it", () => {
    const thread = new FakeThread();
    thread.pacer.periodMs = 0;
    expect(thread.run(1000, 0.1, false)).toBe(false);
    thread.pacer.periodMs = 16;
    thread.priority.hasClass = false;
    expect(thread.run(1000, 0.1, true)).toBe(false);
    expect(thread.reads).toBe(0);
  });

  test("whose system does not tell the CPU time gets it by its sleeps", () => {
    const thread = new FakeThread();
    thread.cpuMs = undefined;
    expect(thread.run(1000, 1, false)).toBe(false);
    expect(thread.run(60, 1, true)).toBe(true);
  });
});
