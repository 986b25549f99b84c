import { afterAll, describe, expect, spyOn, test } from "bun:test";
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { OPCODES } from "../../../src/emu/nes/cpu/opcodes.ts";
import { assemble } from "../../../src/io/debug/assembler.ts";
import { runCommand } from "../../../src/io/debug/commands.ts";
import { decode } from "../../../src/io/debug/disassembler.ts";
import { profileFrames, traceLines } from "../../../src/io/debug/history.ts";
import type { Movement } from "../../../src/io/debug/movement.ts";
import { DebugSession } from "../../../src/io/debug/session.ts";
import type { TraceOptions } from "../../../src/io/debug/trace.ts";
import { loadRom } from "../../../src/io/files/roms/rom-file.ts";
import { Symbols } from "../../../src/io/symbols/symbols.ts";
import { librarySession, playFrames, stateOf } from "../../support/debug.ts";
import { LABELS, LIBRARY_ROM } from "../../support/library-game.ts";

const folder = mkdtempSync(join(tmpdir(), "emu-history-"));
afterAll(() => rmSync(folder, { recursive: true }));

async function lines(session: DebugSession, options: TraceOptions): Promise<string[]> {
  const all: string[] = [];
  for await (const piece of traceLines(session, options)) all.push(...piece);
  return all;
}

async function command(session: DebugSession, line: string): Promise<string> {
  return (await runCommand(session, line))?.text ?? "no command";
}

describe("instructions", () => {
  const { nes } = librarySession();
  const scope = librarySession().scope();

  test("are assembled to the bytes that they were decoded from", () => {
    for (const { code, isOfficial } of OPCODES.filter(
      ({ isOfficial, mnemonic }) => isOfficial && mnemonic !== "BRK",
    )) {
      const bytes = [code, 0x12, 0x34];
      const instruction = decode(0xc000, (offset) => bytes[offset]!);
      expect([isOfficial, ...assemble(instruction.text, 0xc000, scope)]).toEqual([
        true,
        ...instruction.bytes,
      ]);
    }
    expect(nes.totalCycles).toBeGreaterThan(0);
  });

  test.each<[text: string, bytes: readonly number[]]>([
    ["lda nmi_count", [0xa5, 0x10]],
    ["LDA nmi_count , x ; comment", [0xb5, 0x10]],
    ["lda #<tick", [0xa9, LABELS.tick! & 0xff]],
    ["lda #>tick", [0xa9, LABELS.tick! >> 8]],
    ["sta (nmi_count),y", [0x91, 0x10]],
    ["jmp ($300)", [0x6c, 0x00, 0x03]],
    ["bne $C000", [0xd0, 0xee]],
    ["asl", [0x0a]],
    ["asl a", [0x0a]],
    [".byte 1, $FF, -1", [1, 0xff, 0xff]],
    ["*lax $12", [0xa7, 0x12]],
  ])("%s", (text, bytes) => {
    expect(assemble(text, 0xc010, scope)).toEqual(bytes);
  });

  test.each<[text: string, error: string]>([
    ["fly away", "fly away is not an instruction"],
    ["bne $D000", "the branch is 4078 bytes long"],
    ["lda #300", "300 is 300; a byte was expected"],
    ["sta #1", "STA has no such operand"],
    ["lda", "LDA has no such operand"],
    ["jmp $12345", "an address was expected"],
    ["lda #nothing", "unknown name nothing"],
  ])("%s is rejected", (text, error) => {
    expect(() => assemble(text, 0xc010, scope)).toThrow(error);
  });

  test("are found backwards from any instruction that has run", () => {
    const session = librarySession();
    playFrames(session, 5);
    const pcs = session.timeline.log.executed.keys().filter((pc) => session.timeline.log.executed[pc]! > 0);
    for (const pc of pcs) {
      const before = session.disassembler.previous(pc);
      if (session.timeline.log.executed[before]! === 0) continue;
      expect(before + session.disassembler.at(before).bytes.length).toBe(pc);
    }
    const [first, , third] = session.disassembler.range(LABELS.tick!, 0, 3);
    expect([first?.text, third?.text]).toEqual(["INC frame_count", "STA $4016"]);
    expect(session.disassembler.range(LABELS.tick! + 2, 1, 1)[0]).toEqual(first!);
  });

  test("can be changed in place", async () => {
    const session = librarySession();
    playFrames(session, 5);
    const state = stateOf(session);
    expect(await command(session, "asm tick nop")).toBe(`$${LABELS.tick!.toString(16).toUpperCase()}: EA`);
    expect(session.evaluate(`[${LABELS.tick}]`)).toBe(0xea);
    session.seek(session.timeline.position - 1);
    expect(session.evaluate(`[${LABELS.tick}]`)).toBe(0xe6);
    session.timeline.advance();
    expect(session.evaluate(`[${LABELS.tick}]`)).toBe(0xea);
    expect(stateOf(session)).toBe(state);
  });
});

test("code that does not fit below $10000 is rejected whole", async () => {
  const session = librarySession();
  const memory = (): number[] => [0xfffe, 0xffff, 0, 1].map((at) => session.evaluate(`[${at}]`));
  const before = memory();
  for (const line of ["asm $FFFF jmp $1234", "asm $FFFE .byte 1, 2, 3", "asm $10000 nop", "asm -1 nop"]) {
    await expect(command(session, line)).rejects.toThrow("not in $0000 to $FFFF");
  }
  expect(memory()).toEqual(before);
  expect(await command(session, "asm $FFFF nop")).toBe("$FFFF: EA");
});

describe("commands that write files", () => {
  const game = join(folder, "game.nes");
  const link = join(folder, "link.png");
  const source = join(folder, "main.s");
  const names = join(folder, "game.mlb");
  writeFileSync(game, LIBRARY_ROM);
  writeFileSync(source, "; source");
  writeFileSync(names, "NesInternalRam:10:nmi_count");
  symlinkSync(game, link);

  async function session(): Promise<DebugSession> {
    const rom = await loadRom(game);
    const symbols = new Symbols({
      symbols: [],
      files: ["main.s"],
      lines: [],
      routines: [],
      variables: [],
    });
    return new DebugSession({ rom, symbols, symbolFiles: [names] });
  }

  test.each(["picture", "cdl", "profile", "trace"])("%s replaces no file of the session", async (name) => {
    const debug = await session();
    for (const path of [game, link, source, names, `${folder}/./game.nes`]) {
      const before = readFileSync(path);
      await expect(command(debug, `${name} ${path}`)).rejects.toThrow("would replace a file");
      await expect(command(debug, `${name} "${path}"`)).rejects.toThrow("would replace a file");
      expect(readFileSync(path)).toEqual(before);
    }
  });

  test.each(["picture", "cdl", "profile", "trace"])("%s takes one name, also in quotes", async (name) => {
    const debug = await session();
    playFrames(debug, 2);
    const path = join(folder, `a ${name} file`);
    await command(debug, `${name} "${path}"`);
    expect(existsSync(path)).toBe(true);
    const quoted = join(folder, `it's ${name}`);
    await command(debug, `${name}   "${quoted}"  `);
    expect(existsSync(quoted)).toBe(true);
    for (const rest of ["", "-", '"', '""', `${folder}/one two three`, `"${folder}/one`, `"${folder}/a"b`]) {
      await expect(command(debug, `${name} ${rest}`)).rejects.toThrow("usage: ");
    }
    const missing = join(folder, `none-${name}`, "file");
    await expect(command(debug, `${name} ${missing}`)).rejects.toThrow(
      "the folder of the output does not exist",
    );
    expect(existsSync(dirname(missing))).toBe(false);
  });
});

describe("the trace", () => {
  test("has the last instructions, in three formats", async () => {
    const session = librarySession();
    await session.move({ kind: "to", place: session.code.named("tick") });
    session.timeline.advance();
    const { position } = session.timeline;
    session.nes.catchUp();
    const registers = session.nes.registers();
    expect(await lines(session, { count: 2, format: "mesen" })).toEqual([
      expect.stringMatching(/^C0\w\w {2}JSR \$C01D +A:\w\w X:\w\w Y:\w\w S:FF P:[nN][vV]--[dD][iI][zZ][cC]$/),
      expect.stringMatching(/^C01D {2}INC \$20 +A:\w\w X:\w\w Y:\w\w S:FD P:/),
    ]);
    expect(await lines(session, { count: 1, format: "fceux" })).toEqual([
      expect.stringMatching(
        /^A:\w\w X:\w\w Y:\w\w S:FD P:[nN][vV]UB[dD][iI][zZ][cC] {3}\$C01D: E6 20 {5}INC \$20 = #\$00$/,
      ),
    ]);
    expect(await lines(session, { count: 1 })).toEqual([
      expect.stringMatching(
        /^C01D {2}E6 20 {4}INC \$20 .* P:\w\w line: *\d+ dot: *\d+ frame:\d+ cycle:\d+ {2}tick$/,
      ),
    ]);
    session.nes.catchUp();
    expect([session.timeline.position, session.nes.registers()]).toEqual([position, registers]);
  });

  test("is filtered and written to a file", async () => {
    const session = librarySession();
    playFrames(session, 30);
    const path = join(folder, "trace.log");
    expect(await command(session, `trace ${path} --format mesen --if pc == tick`)).toBe(
      `wrote 27 instructions to ${path}`,
    );
    const text = await Bun.file(path).text();
    expect(text.split("\n").length).toBe(28);
    expect(await command(session, `trace ${path} --last 5000`)).toBe(`wrote 5000 instructions to ${path}`);
    await expect(command(session, "trace -")).rejects.toThrow("usage: trace FILE");
    await expect(command(session, `trace ${path} --format other`)).rejects.toThrow("usage: trace FILE");
    await expect(command(session, `trace ${join(folder, "none/trace.log")}`)).rejects.toThrow();
  });
});

describe("the profile", () => {
  test("adds up to the time of the frames", async () => {
    const session = librarySession();
    playFrames(session, 40);
    const before = session.nes.totalCycles;
    const profile = profileFrames(session, 10);
    const { profiles, shared } = JSON.parse(profile.speedscope("test"));
    const [{ weights, samples, endValue }] = profiles;
    expect(weights.length).toBe(samples.length);
    const sum = weights.reduce((total: number, weight: number) => total + weight, 0);
    expect(sum).toBe(endValue);
    expect(Math.abs(sum - 10 * 29780.5)).toBeLessThan(20);
    expect(session.nes.totalCycles).toBe(before);
    const names = shared.frames.map(({ name }: { name: string }) => name);
    expect(names).toEqual(expect.arrayContaining(["wait", "nmi", "tick"]));
    const costs = new Map(profile.costs().map((cost) => [cost.name, cost]));
    // 18 cycles and the seven of the interrupt, ten times; the first interrupt can be before the first frame.
    expect(costs.get("nmi")?.selfCycles).toBeOneOf([243, 250]);
    const path = join(folder, "profile.json");
    expect(await command(session, `profile ${path} 10`)).toContain("speedscope");
    expect(JSON.parse(await Bun.file(path).text()).$schema).toContain("speedscope");
  });
});

describe("the code/data log", () => {
  test("marks what was executed and read", async () => {
    const session = librarySession();
    playFrames(session, 30);
    const path = join(folder, "game.cdl");
    expect(await command(session, `cdl ${path}`)).toMatch(
      /of 16384 bytes of PRG ROM, \d+ are code and 0 data/,
    );
    const log = await Bun.file(path).bytes();
    expect(log.length).toBe(0x4000);
    const tick = LABELS.tick! - 0xc000;
    expect([log[tick], log[tick + 1], log[LABELS.jams! - 0xc000]]).toEqual([0x09, 0x09, 0]);
    expect(await command(session, "counts tick")).toBe("$C01D: executed 27, read 0, written 0");
    expect(await command(session, "counts $123")).toBe("$0123: executed 0, read 0, written 0; never written");
    expect(await command(session, "counts frame_count")).toMatch(/^\$0020: executed 0, read 27, written 27$/);
  });
});

describe("commands", () => {
  test.each<[line: string, error: string]>([
    ["press jump", "no button jump"],
    ["ahead", "usage: ahead"],
    ["back cycles", "a number of cycles was expected, not nothing"],
    ["goto 99999999", "a position from 0 to"],
    ["asm tick", "usage: asm"],
    ["who", "usage: who"],
    ["cdl", "usage: cdl"],
    ["profile", "usage: profile"],
    ["picture -", "usage: picture"],
    ["counts", "usage: counts"],
  ])("%s is rejected", async (line, error) => {
    await expect(command(librarySession(), line)).rejects.toThrow(error);
  });

  test.each(["to", "nmi"] as const)("a movement %s ends where its goal is never reached", async (kind) => {
    const session = librarySession();
    // NMI is off at power-on, and this loop is endless.
    await command(session, "asm wait jmp wait");
    session.evaluate(`pc = ${LABELS.wait}`);
    const movement: Movement = kind === "to" ? { kind, place: session.code.named("$C001") } : { kind };
    const { reason, text } = await session.move(movement, "forward", 20);
    expect([reason, session.nes.frame]).toEqual(["pause", 20]);
    expect(text).toMatch(/^not reached in 20 frames: stopped at \$C0\w\w wait.* in frame 20$/);
  });

  test("ahead stops after 60 s of play, 3606 frames", async () => {
    const session = librarySession();
    const stop = { reason: "step", text: "step", breakpoints: [] } as const;
    using move = spyOn(session, "move").mockResolvedValue(stop);
    for (const line of ["ahead nmi", "ahead to tick", "ahead frame", "ahead cycles 5"]) {
      await command(session, line);
    }
    expect(move.mock.calls.map(([, , frames]) => frames)).toEqual([3606, 3606, 3606, undefined]);
  });

  test("write the picture and reset; other lines are expressions", async () => {
    const session = librarySession();
    playFrames(session, 3);
    const path = join(folder, "picture.png");
    await command(session, `picture ${path}`);
    expect((await Bun.file(path).bytes()).subarray(1, 4)).toEqual(new TextEncoder().encode("PNG"));
    expect(await command(session, "press A start")).toBe("holding A start");
    expect(session.timeline.held).toBe(9);
    expect(await command(session, "reset")).toBe("reset");
    expect(session.nes.cpu.pc).toBe(LABELS.reset!);
    expect(await runCommand(session, "frame_count + 1")).toBeUndefined();
    expect(await runCommand(session, "constructor")).toBeUndefined();
  });
});
