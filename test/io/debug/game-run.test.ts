import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GameRun } from "../../../src/io/debug/game-run.ts";
import { loadTarget } from "../../../src/io/debug/target-loader.ts";
import { LIBRARY_ROM } from "../../support/library-game.ts";

let folder = "";
let rom = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "emu-game-run-"));
  rom = join(folder, "game.nes");
  writeFileSync(rom, LIBRARY_ROM);
});
afterEach(() => rmSync(folder, { recursive: true }));

/** The ROM with another byte where no code is. */
function rebuild(byte: number): void {
  const changed = Uint8Array.from(LIBRARY_ROM);
  changed[changed.length - 16] = byte;
  writeFileSync(rom, changed);
}

/** A watched game. `gate` holds back each load after the first one. */
async function watched() {
  const gate = Promise.withResolvers<void>();
  const loading = Promise.withResolvers<void>();
  const reloaded = Promise.withResolvers<void>();
  let loads = 0;
  const load = async () => {
    const target = await loadTarget({ path: rom, load: {}, machine: {} });
    if (loads++ > 0) {
      loading.resolve();
      await gate.promise;
    }
    return target;
  };
  const events = { onLog: () => {}, onProblem: () => {}, onReload: () => reloaded.resolve() };
  const run = await GameRun.start(load, { speedPercent: 0, watch: true }, events);
  return { run, gate, loading: loading.promise, reloaded: reloaded.promise };
}

describe("a rebuilt game", () => {
  test("is loaded although a movement begins while it is loading, and can be paused then", async () => {
    const { run, gate, loading, reloaded } = await watched();
    const before = run.game;
    rebuild(1);
    await loading;
    const movement = run.move({ kind: "continue" }, "forward");
    gate.resolve();
    await reloaded;
    expect(run.game).not.toBe(before);
    while (run.game.moving === undefined) await new Promise((done) => setImmediate(done));
    run.game.pause();
    expect(await movement).toMatchObject({ reason: "pause" });
    expect([before.moving, run.game.moving]).toEqual([undefined, undefined]);
    run.end();
  });

  test("is loaded although a command moves the old one", async () => {
    const { run, gate, loading, reloaded } = await watched();
    const before = run.game;
    const movement = before.move({ kind: "continue" }, "forward");
    rebuild(1);
    gate.resolve();
    await loading;
    await reloaded;
    expect(await movement).toMatchObject({ reason: "pause" });
    expect(run.game).not.toBe(before);
    run.end();
  });
});
