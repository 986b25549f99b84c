/** The requests of the debugger's page, without a browser. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { decodeSnapshot } from "../../../../src/io/debug/page/state/snapshot-format.ts";
import { FrameEvents } from "../../../../src/io/debug/web/frame-events.ts";
import {
  type DisassemblyRow,
  EVENT_ADDRESS,
  EVENT_KIND,
  EVENT_LINE,
  EVENT_OFFSET,
  FRAME_EVENT_BYTES,
  KIND_NMI,
  KIND_WRITE,
} from "../../../../src/io/debug/web/protocol.ts";
import { buildExample, canBuildExamples, exampleSession, playFrames } from "../../../support/debug.ts";
import { startDebugger, type TestDebugger, WebPeer } from "../../../support/web-debugger.ts";

describe.skipIf(!canBuildExamples)("requests", () => {
  let example: ReturnType<typeof buildExample>;
  let debug: TestDebugger;
  let page: WebPeer;

  beforeAll(async () => {
    example = buildExample("ca65-game");
    debug = await startDebugger(example.rom);
  });
  beforeEach(async () => {
    await debug.game.restart();
    page = await WebPeer.connect(debug.url);
  });
  afterEach(async () => {
    for (const { id } of page.states.at(-1)!.breakpoints) await page.call("removeBreakpoint", { id });
    await page.close();
    expect(debug.bugs).toEqual([]);
  });
  afterAll(async () => {
    await debug.close();
    example.remove();
  });

  /** The number of a source file. */
  const fileOf = (name: string): number =>
    debug.game.session.target.symbols.files.findIndex((path) => path.endsWith(name));
  const lineOf = async (text: string): Promise<number> => {
    const source = await page.call("source", { file: fileOf("main.s") });
    return source.text.split("\n").findIndex((line: string) => line.includes(text)) + 1;
  };

  test("a breakpoint at a line stops, counts, is disabled and removed", async () => {
    const [file, line] = [fileOf("main.s"), await lineOf("inc frame")];
    const { id } = await page.call("addBreakpoint", { kind: "line", file, line });
    const first = await page.stopAfter("move", { kind: "continue" });
    expect(first.stop).toMatchObject({ reason: "breakpoint", breakpoints: [id] });
    expect(first.stack[0]).toMatchObject({ name: "nmi", kind: "nmi", file, line });
    await page.stopAfter("move", { kind: "continue" });
    const changed = await page.stopAfter("changeBreakpoint", { id, isEnabled: false });
    expect(changed.breakpoints).toMatchObject([{ id, isEnabled: false, hits: 0, place: { file, line } }]);
    const frame = await page.stopAfter("move", { kind: "frame" });
    expect(frame.stop?.reason).toBe("step");
    expect((await page.stopAfter("removeBreakpoint", { id })).breakpoints).toEqual([]);
  });

  test("conditions and messages are checked when they are set; the old ones stay", async () => {
    const { id } = await page.call("addBreakpoint", { kind: "name", place: "tick", condition: "frame > 5" });
    const bad = await page.request("changeBreakpoint", { id, condition: "nosuch == 1" });
    expect(bad.error).toContain("nosuch");
    const state = await page.stopAfter("move", { kind: "continue" });
    expect(state.breakpoints[0]).toMatchObject({ condition: "frame > 5", hits: 1 });
    expect(state.frame).toBeGreaterThan(5);
    await page.stopAfter("changeBreakpoint", { id, condition: "", logMessage: "tick {frame}" });
    for (let frame = 0; frame < 2; frame++) await page.stopAfter("move", { kind: "frame" });
    const logs = page.events.filter((event) => event.event === "notice");
    expect(logs.at(-1)).toMatchObject({ kind: "log", text: expect.stringMatching(/^tick \d+/) });
    await page.call("removeBreakpoint", { id });
  });

  test.each([
    [{ kind: "access", space: "cpu", write: true, place: "mode" }, "write mode"],
    [{ kind: "access", space: "ppu", write: true, place: "$2000-$23BF" }, "write PPU $2000–$23BF"],
    [{ kind: "access", space: "oam", write: true, place: "$00" }, "write OAM $0000"],
    [{ kind: "event", name: "nmi" }, "NMI"],
  ])("a breakpoint with %p stops", async (params, text) => {
    const { id } = await page.call("addBreakpoint", params);
    const { stop, breakpoints } = await page.stopAfter("move", { kind: "continue" });
    expect(stop?.breakpoints).toEqual([id]);
    expect(breakpoints[0]?.text).toStartWith(text);
    await page.call("removeBreakpoint", { id });
  });

  test.each([
    [{ kind: "access", space: "cpu", write: true, place: "$10000" }, "not in"],
    [{ kind: "access", space: "oam", write: true, place: "$FE-$100" }, "not in"],
    [{ kind: "access", space: "cpu", place: "$10" }, "neither read nor write"],
    [{ kind: "access", space: "disk", write: true, place: "$10" }, "there is no memory disk"],
    [{ kind: "line", file: 99, line: 1 }, "no code"],
    [{ kind: "event", name: "toString" }, "there is no event toString (nmi, irq, brk"],
    [{ kind: "name", place: "" }, "missing"],
    [{ kind: "name", place: "nosuch" }, "nosuch"],
  ])("a breakpoint with %p is rejected", async (params, error) => {
    expect((await page.request("addBreakpoint", params)).error).toContain(error);
    expect(debug.game.session.breakpoints.size).toBe(0);
  });

  test("steps go back to the same state; a seek goes anywhere", async () => {
    await page.stopAfter("move", { kind: "frame" });
    const here = await page.stopAfter("move", { kind: "into", by: "instruction" });
    const next = await page.stopAfter("move", { kind: "into", by: "instruction" });
    expect(next.position).toBe(here.position + 1);
    const back = await page.stopAfter("move", { kind: "into", by: "instruction", back: true });
    expect([back.position, back.registers]).toEqual([here.position, here.registers]);
    const there = await page.stopAfter("seek", { position: 100 });
    expect([there.position, there.end]).toEqual([100, next.end]);
  });

  test("bytes of all memories are changed and shown, with marks for those that nothing has written", async () => {
    await page.stopAfter("move", { kind: "frame" });
    const read = async (space: string, first: number): Promise<[number, boolean]> => {
      const { length } = page.snapshots;
      await page.call("show", { memory: { space, first, bytes: 16 } });
      await page.until(() => page.snapshots.length > length);
      const { memory, fresh } = decodeSnapshot(page.snapshots.at(-1)!);
      return [memory![0]!, (fresh![0]! & 1) !== 0];
    };
    expect((await read("cpu", 0x7f0))[1]).toBe(true);
    for (const [space, address] of [
      ["cpu", 0x7f0],
      ["ppu", 0x2155],
      ["oam", 7],
      ["palette", 5],
    ] as const) {
      await page.stopAfter("write", { space, address, bytes: [0x2a] });
      expect((await read(space, address))[0]).toBe(0x2a);
    }
    const rom = await page.stopAfter("write", { space: "cpu", address: 0xc000, bytes: [0xea] });
    expect((await read("cpu", 0xc000))[0]).toBe(0xea);
    expect(rom.end).toBe(rom.position);
    expect((await page.request("write", { space: "oam", address: 255, bytes: [1, 2] })).error).toContain(
      "0 to 254",
    );
  });

  test("registers, flags and watches are assigned", async () => {
    await page.call("watch", { expressions: ["a + 1", "mode", "nosuch"] });
    await page.stopAfter("assign", { place: "a", value: "$41" });
    const state = await page.stopAfter("assign", { place: "p.c", value: "1" });
    expect(state.watches[0]).toEqual({ expression: "a + 1", value: "66 ($42)" });
    expect(state.watches[2]).toMatchObject({
      expression: "nosuch",
      error: expect.stringContaining("nosuch"),
    });
    const flags = state.registers.find(({ name }) => name === "Flags")!.registers;
    expect(flags.find(({ name }) => name === "p.c")?.value).toBe(1);
    expect((await page.request("watch", { expressions: ["a = 3"] })).error).toContain("cannot assign");
  });

  test("PC is set, and an instruction is assembled in place", async () => {
    const { address } = await page.call("find", { text: "tick" });
    const there = await page.stopAfter("jump", { address });
    expect(there.stack[0]).toMatchObject({ address, name: "tick" });
    expect(await page.call("assemble", { address, text: "lda #5" })).toEqual({ bytes: 2 });
    const next = await page.stopAfter("move", { kind: "into", by: "instruction" });
    const cpu = next.registers.find(({ name }) => name === "CPU")!.registers;
    expect(cpu.find(({ name }) => name === "a")?.value).toBe(5);
    expect((await page.request("assemble", { address, text: "nonsense" })).error).toBeDefined();
  });

  test("who wrote a byte, and the trace that leads there", async () => {
    for (let frame = 0; frame < 10; frame++) await page.stopAfter("move", { kind: "frame" });
    const { address } = await page.call("find", { text: "mode" });
    const write = await page.call("lastWrite", { space: "cpu", address });
    expect(write.text).toContain("wrote $00 over");
    const there = await page.stopAfter("seek", { position: write.position });
    expect(there.stack[0]).toMatchObject({ address: write.place.address, name: "begin_title" });
    await page.stopAfter("move", { kind: "into", by: "instruction" });
    const rows = await page.call("trace", { count: 5 });
    expect(rows).toHaveLength(5);
    expect(rows[4]).toMatchObject({ position: write.position, text: expect.stringContaining("STA") });
    const filtered = await page.call("trace", { count: 100, filter: `pc == ${write.place.address}` });
    expect(filtered.map((row: { position: number }) => row.position)).toEqual([write.position]);
    expect((await page.request("trace", { count: 5, filter: "nosuch" })).error).toContain("nosuch");
  });

  test("the profile's flame graph has all cycles of the frames", async () => {
    for (let frame = 0; frame < 6; frame++) await page.stopAfter("move", { kind: "frame" });
    const { frames, cycles, flame, routines } = await page.call("profile", { frames: 3 });
    expect(frames).toBe(3);
    expect(Math.abs(cycles - 3 * 29_780.5)).toBeLessThan(20);
    expect(flame.children.map((node: { name: string }) => node.name)).toContain("reset");
    const self = routines.reduce((sum: number, routine: { self: number }) => sum + routine.self, 0);
    expect(self).toBe(cycles);
    const all = await page.call("profile", { frames: 300 });
    expect(Math.abs(all.cycles - all.frames * 29_780.5)).toBeLessThan(29_780.5);
  });

  test("code is disassembled around an address, with labels and counts", async () => {
    await page.stopAfter("move", { kind: "frame" });
    const { address } = await page.call("find", { text: "reset" });
    const rows: DisassemblyRow[] = await page.call("code", { address, before: 2, count: 6 });
    expect(rows[2]).toMatchObject({ address, label: "reset", bytes: "78", text: "SEI", count: 1 });
    expect((await page.request("find", { text: "$12345" })).error).toBeDefined();
  });

  test("nothing but a pause is possible while the program runs back", async () => {
    for (let frame = 0; frame < 30; frame++) await page.stopAfter("move", { kind: "frame" });
    void page.request("move", { kind: "to", address: 0x1234, prgOffset: -1, back: true });
    const answers = [
      page.request("seek", { position: 1 }),
      page.request("assign", { place: "a", value: "1" }),
      page.request("move", { kind: "frame" }),
      page.request("trace", { count: 5 }),
    ];
    for (const { error } of await Promise.all(answers)) expect(error).toContain("running");
    await page.until(() => page.states.at(-1)?.moving === undefined && page.states.at(-1)!.position === 0);
  });
});

describe.skipIf(!canBuildExamples)("events of a frame", () => {
  test("are the same while the program runs and when the frame is run again", async () => {
    const example = buildExample("ca65-game");
    const session = await exampleSession(example.rom);
    const live = new FrameEvents(session.timeline);
    playFrames(session, 20);
    session.timeline.observer = live;
    playFrames(session, 12);
    session.timeline.observer = undefined;
    const again = new FrameEvents(session.timeline);
    again.collect(session);
    const [a, b] = [live.complete(), again.complete()];
    expect(a.bytes.length).toBeGreaterThan(20 * FRAME_EVENT_BYTES);
    expect([b.base, b.bytes]).toEqual([a.base, a.bytes]);
    const view = new DataView(a.bytes.slice().buffer);
    const found = Array.from(
      { length: a.bytes.length / FRAME_EVENT_BYTES },
      (_, index) => index * FRAME_EVENT_BYTES,
    );
    const nmi = found.find((at) => view.getUint8(at + EVENT_KIND) === KIND_NMI)!;
    expect(view.getUint16(nmi + EVENT_LINE, true)).toBe(241);
    // An event's position is that of the instruction that is about to cause it.
    const dma = found.find(
      (at) =>
        view.getUint8(at + EVENT_KIND) === KIND_WRITE && view.getUint16(at + EVENT_ADDRESS, true) === 0x4014,
    )!;
    session.seek(a.base + view.getUint32(dma + EVENT_OFFSET, true));
    expect(session.disassembler.at(session.nes.cpu.pc).text).toBe("STA OAMDMA");
    example.remove();
  });
});
