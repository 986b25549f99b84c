/** Tests the Debug Adapter Protocol with the client of Microsoft's test library and the example games. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { join } from "node:path";
import type { DapServer } from "../../../../src/io/debug/dap/dap-server.ts";
import { dapServer, TestClient } from "../../../support/dap.ts";
import { buildExample, canBuildExamples } from "../../../support/debug.ts";

const main = (folder: string, name: string): { path: string } => ({ path: join(folder, "src", name) });

/** The number of the first line of a source that contains `text`. */
async function lineOf(path: string, text: string): Promise<number> {
  const rows = (await Bun.file(path).text()).split("\n");
  return rows.findIndex((row) => row.includes(text)) + 1;
}

describe.skipIf(!canBuildExamples)("an editor", () => {
  const assembly = canBuildExamples ? buildExample("ca65-game") : { folder: "", rom: "", remove: () => {} };
  const c = canBuildExamples ? buildExample("cc65-game") : { folder: "", rom: "", remove: () => {} };
  let server: DapServer;
  const clients: TestClient[] = [];
  const open = async (): Promise<TestClient> => {
    const client = await TestClient.connect(server.port);
    clients.push(client);
    return client;
  };
  beforeAll(async () => {
    server = (await dapServer()).server;
  });
  afterAll(async () => {
    for (const client of clients) await client.stop();
    await server.close();
    assembly.remove();
    c.remove();
  });

  test("stops at a line of ca65, steps in both directions and shows where it is", async () => {
    const client = await open();
    const source = main(assembly.folder, "main.s");
    const tick = await lineOf(source.path, ".proc tick");
    let verified: unknown;
    const stopped = client.waitForEvent("stopped");
    await client.launchGame({ program: assembly.rom }, async () => {
      const { body } = await client.setBreakpointsRequest({ source, breakpoints: [{ line: tick }] });
      verified = body.breakpoints.map(({ verified, line }) => [verified, line]);
    });
    expect(verified).toEqual([[true, tick + 1]]);
    expect((await stopped).body).toMatchObject({ reason: "breakpoint", allThreadsStopped: true });
    const [top, caller] = await client.frames();
    expect([top?.name, top?.line, top?.source?.path]).toEqual(["tick", tick + 1, source.path]);
    expect(caller?.name).toBe("reset");
    await client.setBreakpointsRequest({ source, breakpoints: [] });
    expect(await client.stopAfter(() => client.nextRequest({ threadId: 1 }))).toMatchObject({
      reason: "step",
    });
    expect(await client.where()).toBe(`tick:${tick + 2}`);
    await client.stopAfter(() => client.nextRequest({ threadId: 1 }));
    await client.stopAfter(() => client.stepBackRequest({ threadId: 1 }));
    expect(await client.where()).toBe(`tick:${tick + 2}`);
    await client.stopAfter(() => client.stepOutRequest({ threadId: 1 }));
    expect(await client.where()).toMatch(/^reset:/);
    await client.stopAfter(() => client.stepInRequest({ threadId: 1 }));
    await client.stopAfter(() => client.stepInRequest({ threadId: 1 }));
    expect(await client.where()).toMatch(/^read_pad:|^reset:/);
    await client.stopAfter(() => client.stepBackRequest({ threadId: 1, granularity: "instruction" }));
    expect(await client.stopAfter(() => client.reverseContinueRequest({ threadId: 1 }))).toMatchObject({
      description: "the start of the history",
    });
  });

  test("has conditional, hit-count, log, function, instruction and data breakpoints", async () => {
    const client = await open();
    const source = main(assembly.folder, "main.s");
    const tick = await lineOf(source.path, ".proc tick");
    await client.stopAfter(() => client.launchGame({ program: assembly.rom, stopOnEntry: true }));
    const set = (breakpoint: object): Promise<unknown> =>
      client.setBreakpointsRequest({ source, breakpoints: [{ line: tick + 1, ...breakpoint }] });
    const run = (): Promise<{ reason: string; text?: string }> =>
      client.stopAfter(() => client.continueRequest({ threadId: 1 }));
    await set({ condition: "::frame == 12" });
    await run();
    expect(await client.repl("::frame")).toBe("12 ($0C)");
    await set({ hitCondition: "3" });
    await run();
    expect(await client.repl("::frame")).toBe("15 ($0F)");
    const output = client.waitForEvent("output");
    await set({ logMessage: "seed {seed:x}, mode {mode}" });
    const { body: named } = await client.setFunctionBreakpointsRequest({
      breakpoints: [{ name: "nmi", condition: "::frame >= 20" }, { name: "no_such_routine" }],
    });
    expect(named.breakpoints.map(({ verified }) => verified)).toEqual([true, false]);
    expect(named.breakpoints[1]?.message).toContain("unknown symbol no_such_routine");
    expect(await run()).toMatchObject({ reason: "function breakpoint" });
    expect((await output).body.output).toMatch(/^seed [0-9A-F]{2}, mode 0\n$/);
    await client.setFunctionBreakpointsRequest({ breakpoints: [] });
    await set({ condition: "0" });
    const [frame] = await client.frames();
    const instructionReference = frame!.instructionPointerReference!;
    await client.customRequest("setInstructionBreakpoints", { breakpoints: [{ instructionReference }] });
    expect(await run()).toMatchObject({ reason: "instruction breakpoint" });
    await client.customRequest("setInstructionBreakpoints", { breakpoints: [] });
    const { body: info } = await client.dataBreakpointInfoRequest({ name: "pad_new" });
    expect(info).toMatchObject({ dataId: "cpu:0x0013+1", accessTypes: ["read", "write", "readWrite"] });
    await client.setDataBreakpointsRequest({ breakpoints: [{ dataId: info.dataId!, accessType: "write" }] });
    const stop = await run();
    expect(stop).toMatchObject({ reason: "data breakpoint" });
    expect(stop.text).toMatch(/^write of \$0013: \$00 → \$00, by \$/);
    const back = await client.stopAfter(() => client.reverseContinueRequest({ threadId: 1 }));
    expect(back.text).toBe(stop.text);
  });

  test("stops at events, with conditions", async () => {
    const client = await open();
    const { body } = await client.initializeRequest();
    const filters = body?.exceptionBreakpointFilters?.map(({ filter }) => filter) ?? [];
    expect(filters).toContain("lateFrame");
    await client.stopAfter(() =>
      client.launchGame({ program: assembly.rom }, () =>
        client.setExceptionBreakpointsRequest({
          filters: ["brk"],
          filterOptions: [{ filterId: "nmi", condition: "frame > 5" }],
        }),
      ),
    );
    expect(await client.where()).toMatch(/^nmi \(NMI\):/);
    expect((await client.exceptionInfoRequest({ threadId: 1 })).body).toMatchObject({ exceptionId: "NMI" });
    expect(await client.repl("frame")).toBe("6 ($06)");
  });

  test("shows and changes C variables, registers and memory", async () => {
    const client = await open();
    const source = main(c.folder, "game.c");
    const line = await lineOf(source.path, "if (wanted > HIGHEST)");
    await client.stopAfter(() => client.launchGame({ program: c.rom, stopOnEntry: true }));
    await client.setBreakpointsRequest({ source, breakpoints: [{ line }] });
    expect(await client.repl("press up")).toBe("holding up");
    await client.stopAfter(() => client.continueRequest({ threadId: 1 }));
    expect(await client.where(2)).toMatch(new RegExp(`^change_guess:${line} < main:\\d+$`));
    const scopes = (await client.scopesRequest({ frameId: 1 })).body.scopes;
    expect(scopes.map(({ name }) => name)).toEqual([
      "Locals",
      "Registers",
      "Flags",
      "PPU",
      "APU",
      "Board",
      "Variables",
    ]);
    const list = async (name: string): Promise<Map<string, { value: string; type?: string }>> => {
      const { variablesReference } = scopes.find((scope) => scope.name === name)!;
      const { variables } = (await client.variablesRequest({ variablesReference })).body;
      return new Map(variables.map((variable) => [variable.name, variable]));
    };
    const locals = await list("Locals");
    expect([locals.get("by"), locals.get("wanted")]).toMatchObject([
      { value: "1 ($01)", type: "signed char" },
      { value: "51 ($33)", type: "signed char" },
    ]);
    expect([...(await list("Registers")).keys()]).toEqual(["pc", "a", "x", "y", "sp", "p"]);
    expect((await list("PPU")).get("ppu.ctrl")?.value).toMatch(/^\$/);
    expect((await list("Board")).get("board.prg.8000")?.value).toBe("0");
    expect((await list("Variables")).get("guess")).toMatchObject({
      value: "50 ($32)",
      type: "unsigned char",
    });
    const { variablesReference } = scopes[0]!;
    const changed = await client.setVariableRequest({ variablesReference, name: "wanted", value: "by + 69" });
    expect(changed.body.value).toBe("70 ($46)");
    await client.stopAfter(() => client.stepOutRequest({ threadId: 1 }));
    const hover = await client.evaluateRequest({ expression: "guess", context: "hover", frameId: 1 });
    expect(hover.body).toMatchObject({
      result: "70 ($46)",
      type: "unsigned char",
      memoryReference: "0x6051",
    });
    const written = await client.customRequest("writeMemory", { memoryReference: "0x6051", data: "KgE=" });
    expect(written.body.bytesWritten).toBe(2);
    const read = await client.customRequest("readMemory", {
      memoryReference: "0x6051",
      offset: -1,
      count: 3,
    });
    expect(Buffer.from(read.body.data, "base64").subarray(1)).toEqual(Buffer.from([0x2a, 1]));
    const beyond = await client.customRequest("readMemory", { memoryReference: "oam:0xF0", count: 32 });
    expect(beyond.body).toMatchObject({ address: "oam:0x00f0", unreadableBytes: 16 });
    await client.customRequest("setExpression", { expression: "a", value: "$12" });
    expect(await client.repl("a")).toBe("$12 (18)");
    const completions = await client.completionsRequest({ text: "x + gue", column: 8 });
    expect(completions.body.targets).toEqual([{ label: "guess", type: "variable", start: 4, length: 3 }]);
  });

  test("disassembles, jumps, restarts and names its sources", async () => {
    const client = await open();
    const source = main(assembly.folder, "score.s");
    await client.stopAfter(() =>
      client.launchGame({ program: assembly.rom }, () =>
        client.setFunctionBreakpointsRequest({ breakpoints: [{ name: "tick" }] }),
      ),
    );
    const [frame] = await client.frames();
    const { body } = await client.disassembleRequest({
      memoryReference: frame!.instructionPointerReference!,
      instructionOffset: -3,
      instructionCount: 6,
    });
    expect(body?.instructions.map(({ instruction }) => instruction)).toEqual([
      "TAX",
      "PLA",
      "RTI",
      "LDA mode",
      "CMP #$01",
      "BEQ play",
    ]);
    expect(body?.instructions[3]).toMatchObject({
      symbol: "tick",
      instructionBytes: "A5 10",
      line: frame!.line,
    });
    const line = await lineOf(source.path, ".proc clear_score");
    const { targets } = (await client.gotoTargetsRequest({ source, line })).body;
    expect(targets.length).toBe(1);
    const pc = await client.repl("pc");
    for (const targetId of [0, 1, targets[0]!.id + 1, 0xffff]) {
      await expect(client.gotoRequest({ threadId: 1, targetId })).rejects.toThrow(
        `targetId: there is no target ${targetId}`,
      );
    }
    expect(await client.repl("pc")).toBe(pc);
    expect(
      await client.stopAfter(() => client.gotoRequest({ threadId: 1, targetId: targets[0]!.id })),
    ).toMatchObject({ reason: "goto" });
    expect(await client.where()).toBe(`clear_score:${line + 1}`);
    await client.stopAfter(() => client.restartRequest({}));
    expect(await client.where()).toMatch(/^tick:/);
    await expect(client.gotoRequest({ threadId: 1, targetId: targets[0]!.id })).rejects.toThrow("no target");
    const { sources } = (await client.customRequest("loadedSources")).body;
    expect(sources.map(({ name }: { name: string }) => name)).toEqual(
      expect.arrayContaining(["main.s", "score.s"]),
    );
    const locations = await client.customRequest("breakpointLocations", { source, line, endLine: line + 3 });
    expect(locations.body.breakpoints.map((each: { line: number }) => each.line)).toEqual([
      line + 1,
      line + 2,
      line + 3,
    ]);
    const { png } = (await client.customRequest("picture")).body;
    expect(Buffer.from(png, "base64").subarray(1, 4).toString()).toBe("PNG");
    const terminated = client.waitForEvent("terminated");
    await client.terminateRequest();
    await terminated;
  });

  test("pauses a running game, finds the last write and goes back by frames", async () => {
    const client = await open();
    await client.launchGame({ program: assembly.rom });
    await expect(client.nextRequest({ threadId: 1 })).rejects.toThrow("the program is running");
    expect(await client.stopAfter(() => client.pauseRequest({ threadId: 1 }))).toMatchObject({
      reason: "pause",
    });
    expect(await client.stopAfter(() => client.repl("ahead to tick"))).toMatchObject({ reason: "step" });
    let text = "";
    expect(
      await client.stopAfter(async () => {
        text = await client.repl("who pad_new");
      }),
    ).toMatchObject({ reason: "goto" });
    expect(text).toMatch(/^\$[0-9A-F]{4} read_pad\+\d+ \(.*main\.s:\d+\) wrote \$00 over \$00 in frame \d+/);
    expect(await client.where()).toMatch(/^read_pad:/);
    await client.stopAfter(() => client.repl("back frame"));
    expect(await client.repl("history")).toMatch(
      /^position \d+, frame \d+; from 0 \(frame 0\) to \d+; \d+ states/,
    );
    expect(await client.repl("help")).toContain("trace FILE");
    // The consoles of some editors name no context.
    expect((await client.evaluateRequest({ expression: "press a" })).body.result).toBe("holding a");
    const hover = { expression: "/press b", context: "hover" };
    expect((await client.evaluateRequest(hover)).body.result).toBe("holding b");
    const slashed = { expression: "/a = 7", context: "hover" };
    expect((await client.evaluateRequest(slashed)).body.result).toBe("7 ($07)");
    for (const context of ["hover", "watch", "variables", "clipboard"]) {
      const assigning = client.evaluateRequest({ expression: "x = a = 8", context });
      expect(await assigning.catch((error: Error) => error.message)).toContain("cannot assign");
    }
    expect(await client.repl("a")).toBe("$07 (7)");
  });

  test("reports an error for what it cannot do, and continues", async () => {
    const client = await open();
    const fails = (request: Promise<unknown>): Promise<string> =>
      request.then(
        () => "no error",
        (error: Error) => error.message,
      );
    expect(await fails(client.stackTraceRequest({ threadId: 1 }))).toBe("no game is loaded (launch one)");
    expect(await fails(client.launchRequest({ program: "/nothing.nes" } as never))).toContain("no such file");
    expect(await fails(client.customRequest("fly"))).toBe("unknown request fly");
    await client.stopAfter(() => client.launchGame({ program: assembly.rom, stopOnEntry: true }));
    expect(await fails(client.repl("1 +"))).toBe("column 4: a value was expected at the end");
    expect(await fails(client.customRequest("variables", { variablesReference: "x" }))).toContain(
      "variablesReference",
    );
    expect(await fails(client.variablesRequest({ variablesReference: 77 }))).toBe(
      "this list is of an earlier stop",
    );
    expect(await fails(client.customRequest("readMemory", { memoryReference: "?", count: 1 }))).toContain(
      "memory reference ?",
    );
    expect(await fails(client.customRequest("setBreakpoints", { source: 5, breakpoints: "x" }))).toContain(
      "path",
    );
    expect(await fails(client.stepOutRequest({ threadId: 1 }))).toBe(
      "no routine is running that could return",
    );
    expect(await client.repl("1 + 1")).toBe("2 ($02)");
  });
});
