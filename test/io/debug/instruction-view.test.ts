import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { runCommand } from "../../../src/io/debug/commands.ts";
import type { DebugSession } from "../../../src/io/debug/session.ts";
import { loadCartridge } from "../../../src/io/library/index.ts";
import { librarySession, playFrames, sessionOf, stateOf } from "../../support/debug.ts";

const swingby = await loadCartridge(join(import.meta.dir, "../../../roms/swingby.nes"));
const CYCLE = { kind: "cycles", count: 1 } as const;

/** What is seen at a cycle. */
function seen({ nes, view, timeline }: DebugSession): string {
  nes.catchUp();
  const { cpu, ppu } = nes;
  const { line, dot } = ppu.state;
  return [
    nes.totalCycles,
    timeline.position,
    view.cycles,
    view.pc,
    cpu.pc,
    cpu.a,
    cpu.x,
    cpu.y,
    cpu.s,
    line,
    dot,
  ].join(" ");
}

/** A session of Swingby in the OAM DMA of a frame. */
function inDma(): DebugSession {
  const session = sessionOf(swingby);
  playFrames(session, 30);
  const { probe } = session;
  do session.timeline.advance();
  while (probe.oamBytes !== 256 || probe.oamKinds === 0);
  return session;
}

describe("cycles of an instruction", () => {
  test("forward, each is one cycle later; backwards, the same are seen", async () => {
    const session = inDma();
    const first = session.timeline.position;
    const forth: string[] = [seen(session)];
    let dots = session.nes.ppu.state.line * 341 + session.nes.ppu.state.dot;
    for (let count = 0; count < 20; count++) {
      const before = session.nes.totalCycles;
      await session.move(CYCLE);
      expect(session.nes.totalCycles).toBe(before + 1);
      session.nes.catchUp();
      const now = session.nes.ppu.state.line * 341 + session.nes.ppu.state.dot;
      expect(now - dots).toBe(3);
      dots = now;
      forth.push(seen(session));
    }
    // The DMA is in the first access of this instruction.
    expect(session.timeline.position).toBe(first);
    forth.length = 0;
    await session.move({ kind: "cycles", count: 490 });
    for (let count = 0; count < 10; count++) {
      await session.move(CYCLE);
      forth.push(seen(session));
    }
    const state = forth.pop();
    expect(seen(session)).toBe(state!);
    for (const expected of forth.reverse()) {
      await session.move(CYCLE, "back");
      expect(seen(session)).toBe(expected);
    }
    expect(session.timeline.position).toBe(first);
  });

  test("a number of cycles ends exactly there, in both directions", async () => {
    const session = inDma();
    const start = session.nes.totalCycles;
    for (const count of [1, 3, 100, 10_001, 29_780]) {
      await session.move({ kind: "cycles", count });
      expect(session.nes.totalCycles).toBe(start + count);
      await session.move({ kind: "cycles", count }, "back");
      expect(session.nes.totalCycles).toBe(start);
    }
    const { text } = (await runCommand(session, "ahead cycles 2"))!;
    expect(text).toMatch(/^cycle 2 of the instruction at \$[0-9A-F]{4}$/);
  });

  test("the program goes on as if nobody had looked", async () => {
    const session = inDma();
    const other = inDma();
    for (const count of [2, 515, 5]) {
      await session.move({ kind: "cycles", count });
      session.hold(count);
      session.hold(0);
      await session.lastWrite("cpu", 0x200);
      session.replay(session.timeline.start, session.timeline.start + 5, () => {});
    }
    await session.move({ kind: "frame" });
    await other.move({ kind: "frame" });
    expect(session.timeline.position).toBe(other.timeline.position);
    expect(stateOf(session)).toBe(stateOf(other));
    expect(session.pixels).toEqual(other.pixels);
  });

  test("steps go to the next instruction, and back to the start of this one", async () => {
    const session = inDma();
    const { position } = session.timeline;
    const { pc } = session.nes.cpu;
    await session.move({ kind: "cycles", count: 100 });
    expect(session.view.pc).toBe(pc);
    expect(session.frames.frame(0)!.pc).toBe(pc);
    await session.move({ kind: "into", by: "instruction" }, "back");
    expect([session.timeline.position, session.view.cycles]).toEqual([position, 0]);
    await session.move({ kind: "cycles", count: 100 });
    await session.move({ kind: "into", by: "instruction" });
    expect([session.timeline.position, session.view.cycles]).toEqual([position + 1, 0]);
  });

  test("nothing can be changed inside", async () => {
    const session = inDma();
    await session.move(CYCLE);
    expect(() => session.evaluate("a = 1")).toThrow("nothing can be changed in the middle of an instruction");
    expect(session.evaluate("a >= 0")).toBe(1);
    expect(session.view.cycles).toBe(1);
  });
});

describe("breakpoints on the stack stop in the cycle after the access", () => {
  /** Runs to the next stop, and shows the cycle that it is in. */
  async function run(session: DebugSession, direction: "forward" | "back" = "forward"): Promise<string> {
    const { text } = await session.move({ kind: "continue" }, direction);
    return `${session.view.cycles}: ${text}`;
  }

  test("JSR and RTS, once each, in both directions", async () => {
    const session = librarySession();
    playFrames(session, 20);
    session.addBreakpoint("test", {
      access: { space: "cpu", from: 0x1ff, to: 0x1ff, kinds: 3 },
      text: "stack",
    });
    const stops: string[] = [];
    for (let count = 0; count < 5; count++) stops.push(await run(session));
    // JSR pushes the high byte in its fourth cycle, RTS reads it in its fifth. The NMI pushes in its third
    // cycle, after the three cycles of CMP.
    expect(stops).toEqual([
      "0: read of $01FF: $C0, by $C004",
      "4: write of $01FF: $C0, by $C04C, in cycle 4 of the instruction at $C04C",
      "5: read of $01FF: $C0, by $C032, in cycle 5 of the instruction at $C032",
      "6: write of $01FF: $C0, by $C048, in cycle 6 of the instruction at $C048",
      "0: read of $01FF: $C0, by $C004",
    ]);
    const last = session.nes.totalCycles;
    await run(session, "back");
    expect(session.nes.totalCycles).toBeLessThan(last);
    await run(session);
    expect(session.nes.totalCycles).toBe(last);
  });
});
