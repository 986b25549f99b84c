import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { InputError } from "../../../src/emu/input-error.ts";
import { accessTime } from "../../../src/io/debug/access-time.ts";
import type { BreakpointOptions, BreakpointPlace } from "../../../src/io/debug/breakpoints.ts";
import { runCommand } from "../../../src/io/debug/commands.ts";
import type { DebugEvent } from "../../../src/io/debug/events.ts";
import { DebugSession } from "../../../src/io/debug/session.ts";
import { readRom } from "../../../src/io/files/roms/rom-file.ts";
import { NO_SYMBOLS } from "../../../src/io/symbols/symbols.ts";
import { librarySession, playFrames, sessionOf } from "../../support/debug.ts";
import { LABELS } from "../../support/library-game.ts";

const READ = 1;
const WRITE = 2;
const SWINGBY = join(import.meta.dir, "../../../roms/swingby.nes");

function access(space: "cpu" | "ppu" | "oam", from: number, kinds: number, to = from): BreakpointPlace {
  return { text: "", access: { space, from, to, kinds } };
}

function at(session: DebugSession, name: string): BreakpointPlace {
  return { text: name, code: session.code.named(name) };
}

/** A machine whose program is `code` at $C000, with the interrupt vectors at its RTI. */
function programSession(code: readonly number[], handler = [0x40]): DebugSession {
  const rom = new Uint8Array(16 + 0x4000 + 0x2000);
  rom.set([0x4e, 0x45, 0x53, 0x1a, 1, 1]);
  rom.set(code, 16);
  rom.set(handler, 16 + 0x1000);
  rom.set([0x00, 0xd0, 0x00, 0xc0, 0x00, 0xd0], 16 + 0x3ffa);
  return sessionOf({ rom: readRom(rom, "test.nes"), symbols: NO_SYMBOLS });
}

async function stopsAt(session: DebugSession, direction: "forward" | "back" = "forward"): Promise<string> {
  const stop = await session.move({ kind: "continue" }, direction);
  return `${stop.reason} ${session.nes.cpu.pc.toString(16)} ${stop.text}`;
}

describe("breakpoints", () => {
  test("stop before an instruction, forwards and backwards", async () => {
    const session = librarySession();
    const tick = LABELS.tick!.toString(16);
    session.addBreakpoint("test", at(session, "tick"));
    const positions: number[] = [];
    for (let count = 0; count < 30; count++) {
      expect(await stopsAt(session)).toBe(`breakpoint ${tick} tick`);
      positions.push(session.timeline.position);
    }
    expect(session.evaluate("frame_count")).toBe(29);
    for (const position of positions.slice(0, -1).reverse()) {
      expect(await stopsAt(session, "back")).toBe(`breakpoint ${tick} tick`);
      expect(session.timeline.position).toBe(position);
    }
    expect(await stopsAt(session, "back")).toStartWith("start");
    expect(session.timeline.position).toBe(0);
  });

  test("stop after an access, with the byte before and after it", async () => {
    const session = librarySession();
    const address = session.place("sum")!.address!;
    session.addBreakpoint("test", access("cpu", session.place("frame_count")!.address!, WRITE));
    expect(await stopsAt(session)).toMatch(/access \w+ write of \$0020: \$00 → \$01, by \$/);
    expect(await stopsAt(session)).toMatch(/write of \$0020: \$01 → \$02/);
    expect(await stopsAt(session, "back")).toMatch(/write of \$0020: \$00 → \$01/);
    session.breakpoints.clear();
    session.addBreakpoint("test", access("cpu", 0x4016, READ | WRITE));
    expect(await stopsAt(session)).toContain("write of $4016");
    session.breakpoints.clear();
    session.addBreakpoint("test", access("cpu", address, READ));
    const running = stopsAt(session);
    setTimeout(() => session.pause(), 20);
    expect(await running).toStartWith("pause");
  });

  test("stop at pushes and pulls, and at mirrors of RAM", async () => {
    const session = librarySession();
    session.addBreakpoint("test", access("cpu", 0x1f0, WRITE, 0x1ff));
    expect(await stopsAt(session)).toContain("write of $01F");
    const mirrored = programSession([0xa9, 5, 0x8d, 0x20, 0x08, 0x4c, 0, 0xc0]);
    mirrored.addBreakpoint("test", access("cpu", 0x1820, WRITE));
    expect(await stopsAt(mirrored)).toBe("access c005 write of $0020: $00 → $05, by $C002");
  });

  test("stop at accesses of PPU memory, palettes and OAM", async () => {
    // LDA $2002 twice until vertical blank; PPUADDR = $3F10; PPUDATA = 7; OAMADDR = 4; OAMDATA = 9; OAMDMA =
    // 2.
    const session = programSession([
      ...[0x2c, 0x02, 0x20, 0x10, 0xfb, 0x2c, 0x02, 0x20, 0x10, 0xfb],
      ...[0xa9, 0x3f, 0x8d, 0x06, 0x20, 0xa9, 0x10, 0x8d, 0x06, 0x20, 0xa9, 7, 0x8d, 0x07, 0x20],
      ...[0xa9, 4, 0x8d, 0x03, 0x20, 0xa9, 9, 0x8d, 0x04, 0x20, 0xa9, 2, 0x8d, 0x14, 0x40],
      ...[0x4c, 0x28, 0xc0],
    ]);
    const ppu = session.addBreakpoint("ppu", access("ppu", 0x3f00, WRITE));
    session.addBreakpoint("oam", access("oam", 4, WRITE));
    expect(await stopsAt(session)).toBe("access c019 write of PPU $3F00: $07, by $C016");
    expect(ppu.hits).toBe(1);
    expect(await stopsAt(session)).toBe("access c023 write of OAM $04: $09, by $C020");
    expect(await stopsAt(session)).toBe("access c028 write of OAM $04: $00, by $C025");
    expect(session.evaluate("oam[4]")).toBe(9);
    session.timeline.advance();
    expect(session.evaluate("oam[4]")).toBe(0);
    expect(await stopsAt(session, "back")).toBe("access c028 write of OAM $04: $00, by $C025");
    expect(await stopsAt(session, "back")).toBe("access c023 write of OAM $04: $09, by $C020");
  });

  test.each<[options: BreakpointOptions, frames: number[]]>([
    [{ condition: "frame_count == 7" }, [7]],
    [{ condition: "frame_count > 7 && nmi_count & 1" }, [8, 10, 12]],
    [{ hitCondition: "4" }, [3]],
    [{ hitCondition: "% 5" }, [4, 9, 14]],
    [{ hitCondition: ">= 20" }, [19, 20, 21]],
    [{ condition: "frame_count > 3", hitCondition: "2" }, [5]],
  ])("stop if %p", async (options, frames) => {
    const session = librarySession();
    session.addBreakpoint("test", at(session, "tick"), options);
    for (const frame of frames) {
      expect(await stopsAt(session)).toStartWith("breakpoint");
      expect(session.evaluate("frame_count")).toBe(frame);
    }
  });

  test("print instead of stopping", async () => {
    const logs: string[] = [];
    const session = librarySession({ onLog: (text) => logs.push(text) });
    session.addBreakpoint("test", at(session, "tick"), { logMessage: "n = {frame_count:d}" });
    session.addBreakpoint("test", access("cpu", 0x20, WRITE), { logMessage: "{value} at {address:x}" });
    session.addBreakpoint("test", at(session, "tick"), { condition: "frame_count == 2" });
    await session.move({ kind: "continue" });
    expect(logs).toEqual(["n = 0", "1 at 20", "n = 1", "2 at 20", "n = 2"]);
    await session.move({ kind: "continue" }, "back");
    expect(logs.length).toBe(5);
  });

  test.each<[options: BreakpointOptions, error: string]>([
    [{ condition: "frame_count ==" }, "a value was expected at the end"],
    [{ condition: "frame_count = 2" }, "a condition cannot assign"],
    [{ hitCondition: "often" }, "often is not a hit condition"],
    [{ hitCondition: "% 0" }, "% 0 is not a hit condition"],
    [{ logMessage: "{" }, "} was expected"],
  ])("reject %p", (options, error) => {
    const session = librarySession();
    const add = (): unknown => session.addBreakpoint("test", at(session, "tick"), options);
    expect(add).toThrow(new InputError("usage", error));
    expect(session.breakpoints.size).toBe(0);
  });

  test.each<[text: string, addresses: number, offsets: readonly number[]]>([
    ["tick", 24, [LABELS.tick! - 0xc000]],
    ["$C123", 1, []],
    ["0xC123", 1, []],
    ["prg:$12", 24, [0x12]],
    ["0:$C012", 24, [0x12]],
  ])("can be at %s", (text, addresses, offsets) => {
    const { code } = librarySession();
    const place = code.named(text);
    expect([place.addresses.length, place.prgOffsets]).toEqual([addresses, offsets]);
  });

  test.each([["prg:$4000"], ["9:$8000"], ["nothing"]])("cannot be at %s", (text) => {
    expect(() => librarySession().code.named(text)).toThrow(InputError);
  });
});

describe("banks", () => {
  /** UxROM with three banks: main in the last one calls $8000 in bank 0, then in bank 1, over and over. */
  function bankedSession(): DebugSession {
    const rom = new Uint8Array(16 + 3 * 0x4000);
    rom.set([0x4e, 0x45, 0x53, 0x1a, 3, 0, 0x20]);
    // NOP, RTS in both banks; the bank number is written over a byte of the same value.
    for (const bank of [0, 1]) rom.set([0xea, 0x60], 16 + bank * 0x4000);
    const main = [
      0xa9, 0, 0x8d, 0x40, 0xc0, 0x20, 0x00, 0x80, 0xa9, 1, 0x8d, 0x41, 0xc0, 0x20, 0x00, 0x80, 0x4c, 0, 0xc0,
    ];
    rom.set(main, 16 + 2 * 0x4000);
    rom.set([0, 1], 16 + 2 * 0x4000 + 0x40);
    rom.set([0x00, 0xc0, 0x00, 0xc0, 0x00, 0xc0], 16 + 3 * 0x4000 - 6);
    return sessionOf({ rom: readRom(rom, "banked.nes"), symbols: NO_SYMBOLS });
  }

  test.each<[place: string, banks: readonly number[]]>([
    ["$8000", [0, 1, 0, 1]],
    ["0:$8000", [0, 0, 0]],
    ["1:$8000", [1, 1, 1]],
    ["prg:$4001", [1, 1, 1]],
  ])("%s stops in its bank, forwards and backwards", async (place, banks) => {
    const session = bankedSession();
    session.addBreakpoint("test", at(session, place));
    const stops: number[] = [];
    for (const bank of banks) {
      expect(await stopsAt(session)).toStartWith("breakpoint 800");
      expect(session.evaluate("board.prg.8000")).toBe(2 * bank);
      stops.push(session.timeline.position);
    }
    for (const position of stops.slice(0, -1).reverse()) {
      await stopsAt(session, "back");
      expect(session.timeline.position).toBe(position);
    }
  });

  test("an address of a disassembly is bound to the bank that was shown", async () => {
    const session = bankedSession();
    await session.move({ kind: "to", place: session.code.named("1:$8000") });
    session.addBreakpoint("test", { text: "", code: session.code.mapped(0x8001) });
    for (let count = 0; count < 3; count++) {
      expect(await stopsAt(session)).toStartWith("breakpoint 8001");
      expect(session.evaluate("board.prg.8000")).toBe(2);
    }
  });
});

describe("events", () => {
  const LOOP = [0x4c, 0x00, 0xc0];
  test.each<[event: DebugEvent, code: readonly number[], pc: string]>([
    ["jam", [0xea, 0x02], "c002"],
    ["brk", [0xea, 0x00], "d000"],
    ["uninitialized", [0xa5, 0x42, ...LOOP], "c002"],
    ["romWrite", [0x8d, 0x00, 0x90, ...LOOP], "c003"],
    ["stack", [0x68, 0x68, 0x68, 0x68, ...LOOP], "c003"],
    ["stack", [0xa2, 0x01, 0x9a, 0x48, 0x48, 0x48, ...LOOP], "c005"],
    ["nmi", [0xa9, 0x80, 0x8d, 0x00, 0x20, 0x4c, 0x02, 0xc0], "d000"],
    // $4017 = 0 with I clear: the frame counter's IRQ.
    ["irq", [0x58, 0xa9, 0, 0x8d, 0x17, 0x40, 0x4c, 0x06, 0xc0], "d000"],
  ])("%s", async (event, code, pc) => {
    const session = programSession(code);
    session.addBreakpoint("test", { text: event, event });
    expect((await stopsAt(session)).split(" ").slice(0, 2)).toEqual(["event", pc]);
  });

  test("RAM that was written is initialised, also by pushes", async () => {
    const session = programSession([
      0x85, 0x42, 0xa5, 0x42, 0x48, 0xba, 0xe8, 0xbd, 0x00, 0x01, 0xa5, 0x43, 0x4c, 0, 0xc0,
    ]);
    session.addBreakpoint("test", { text: "", event: "uninitialized" });
    expect(await stopsAt(session)).toStartWith("event c00c");
  });

  test("access while rendering, a late frame and a condition", async () => {
    // Waits for two vertical blanks, enables rendering, then writes PPUDATA over and over.
    const session = programSession([
      ...[0x2c, 0x02, 0x20, 0x10, 0xfb, 0x2c, 0x02, 0x20, 0x10, 0xfb],
      ...[0xa9, 0x0a, 0x8d, 0x01, 0x20, 0x8d, 0x07, 0x20, 0xe8, 0x4c, 0x0f, 0xc0],
    ]);
    session.addBreakpoint(
      "rendering",
      { text: "", event: "renderingAccess" },
      { condition: "line >= 100 && line < 240" },
    );
    expect(await stopsAt(session)).toStartWith("event c012 Access of PPU memory");
    expect([session.evaluate("line"), session.evaluate("address")]).toEqual([100, 0x2007]);
    session.breakpoints.clear();
    session.addBreakpoint("late", { text: "", event: "lateFrame" });
    expect(await stopsAt(session)).toContain("Late frame");
    const waiting = librarySession();
    waiting.addBreakpoint("late", { text: "", event: "lateFrame" });
    playFrames(waiting, 4);
    waiting.nes.poke("cpu", 0x2001, 0x18);
    waiting.edit(() => {
      waiting.nes.ppu.state.maskWritten = 0x18;
    });
    const running = stopsAt(waiting);
    setTimeout(() => waiting.pause(), 30);
    expect(await running).toStartWith("pause");
  });
});

describe("the last write", () => {
  test("is found from any position", async () => {
    const session = librarySession();
    playFrames(session, 60);
    const { position } = session.timeline;
    const address = session.place("frame_count")!.address!;
    const write = await session.lastWrite("cpu", address);
    expect(session.timeline.position).toBe(position);
    expect(write).toMatchObject({ pc: LABELS.tick, value: 57, before: 56 });
    session.seek(write!.position);
    expect(session.nes.cpu.pc).toBe(LABELS.tick!);
    expect(await session.lastWrite("cpu", address)).toMatchObject({ value: 56, before: 55 });
    expect(await session.lastWrite("cpu", 0x300)).toBeUndefined();
    expect((await session.lastWrite("cpu", 0x100, 0x1ff))?.position).toBeLessThan(position);
  });
});

test.each(["ntsc", "pal", "dendy"] as const)("a stop tells when a register was accessed, %s", (region) => {
  const session = new DebugSession({
    rom: readRom(readFileSync(SWINGBY), SWINGBY),
    symbols: NO_SYMBOLS,
    machine: { region },
  });
  const { nes, probe, timeline } = session;
  let seen: ReturnType<typeof accessTime> | undefined;
  const note = (): void => {
    nes.ppu.catchUp(nes.cpu.cycle);
    const { line, dot } = nes.ppu.state;
    seen = { cycle: nes.totalCycles - 1, line, dot };
  };
  const { readRegister, writeRegister } = nes.ppu;
  nes.ppu.readRegister = (...args) => {
    const value = readRegister.apply(nes.ppu, args);
    note();
    return value;
  };
  nes.ppu.writeRegister = (...args) => {
    writeRegister.apply(nes.ppu, args);
    note();
  };
  let [accesses, interrupts] = [0, 0];
  while (nes.frame < 20) {
    seen = undefined;
    timeline.advance();
    if (seen === undefined || probe.kinds === 0 || probe.address < 0x2000 || probe.address > 0x3fff) continue;
    expect(accessTime(probe)).toEqual(seen);
    accesses++;
    if (probe.tookNmi) interrupts++;
  }
  expect(accesses).toBeGreaterThan(1000);
  // In Dendy's timing Swingby does not look at the PPU when the interrupt comes.
  if (region !== "dendy") expect(interrupts).toBeGreaterThan(0);
});

test("the text of a stop at a register has its time", async () => {
  const session = librarySession();
  await runCommand(session, "break write $2000");
  const { text } = await session.move({ kind: "continue" });
  expect(text).toMatch(/^write of \$2000: .*\$80, by \$C043, at line 24\d, dot \d+, cycle \d+$/);
});
