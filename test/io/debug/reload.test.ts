import { afterAll, describe, expect, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { reload } from "../../../src/io/debug/reload.ts";
import { loadCartridge } from "../../../src/io/library/index.ts";
import { dapServer, TestClient } from "../../support/dap.ts";
import { buildExample, canBuildExamples, exampleSession, playFrames } from "../../support/debug.ts";

describe.skipIf(!canBuildExamples)("a rebuilt ROM", () => {
  const example = canBuildExamples ? buildExample("ca65-game") : { folder: "", rom: "", remove: () => {} };
  afterAll(() => example.remove());
  const path = join(example.folder, "src/main.s");
  const source = canBuildExamples ? readFileSync(path, "utf8") : "";

  function build(change: (source: string) => string): void {
    writeFileSync(path, change(source));
    const { exitCode, stderr } = Bun.spawnSync(["make"], { cwd: example.folder, stdin: "ignore" });
    if (exitCode !== 0) throw new Error(String(stderr));
  }

  const inRoutine = (routine: string, before: string, after: string) => (text: string) => {
    const start = text.indexOf(`.proc ${routine}`);
    return text.slice(0, start) + text.slice(start).replace(before, after);
  };

  test.each<[what: string, change: (source: string) => string, restarted: string | undefined]>([
    ["code after the place", inRoutine("next_random", "    asl a\n", "    asl a\n    nop\n"), undefined],
    [
      "code before the place, in another routine",
      inRoutine("nmi", "    pha\n", "    nop\n    pha\n"),
      undefined,
    ],
    ["a constant", (text) => text.replace("REACH    = 12", "REACH    = 20"), undefined],
    [
      "the running routine",
      inRoutine("reset", "    lda frame\n", "    nop\n    lda frame\n"),
      "the code has changed before",
    ],
    ["a variable's place", (text) => text.replace("mode:      .res 1", "mode:      .res 2"), "has moved"],
    ["the board", (text) => text.replace("$1a, 1, 1, 0, 0", "$1a, 1, 1, 1, 0"), "another board"],
  ])("keeps the state if only code has changed: %s", async (_what, change, restarted) => {
    build((text) => text);
    const session = await exampleSession(example.rom);
    playFrames(session, 30);
    build(change);
    const { rom, symbols } = await loadCartridge(example.rom);
    expect(rom.image).not.toEqual(session.target.rom.image);
    const result = reload(session, { rom, symbols }, {});
    if (restarted !== undefined) {
      expect(result.restarted).toContain(restarted);
      expect(result.session.nes.frame).toBe(0);
      return;
    }
    expect(result.restarted).toBeUndefined();
    const before = session.evaluate("::frame");
    expect(result.session.evaluate("::frame")).toBe(before);
    expect(result.session.frames.all().map(({ name }) => name)).toEqual(
      session.frames.all().map(({ name }) => name),
    );
    playFrames(result.session, 10);
    expect(result.session.evaluate("::frame")).toBe(before + 10);
    expect(result.session.nes.cpu.jammed).toBe(0);
  });

  test("is loaded by an adapter that watches it", async () => {
    build((text) => text);
    const { server } = await dapServer();
    const client = await TestClient.connect(server.port);
    await client.stopAfter(() => client.launchGame({ program: example.rom, stopOnEntry: true, watch: true }));
    for (let frame = 0; frame < 20; frame++) await client.stopAfter(() => client.repl("ahead frame"));
    const frame = await client.repl("::frame");
    const invalidated = client.waitForEvent("invalidated", 60_000);
    build((text) => text.replace("REACH    = 12", "REACH    = 21"));
    await invalidated;
    expect(await client.repl("::frame")).toBe(frame);
    expect(await client.repl("REACH")).toBe("21 ($15)");
    await client.stop();
    await server.close();
  });
});
