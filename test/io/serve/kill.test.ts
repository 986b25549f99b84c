import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Prng } from "../../support/prng.ts";
import { RawPeer, RpcPeer } from "../../support/serve.ts";
import { ServedProcess } from "../../support/served-process.ts";
import { soakSize } from "../../support/soak.ts";
import { TestProgram } from "../../support/test-program.ts";

const KILLS = soakSize(8, 200);
const SAVE_BYTES = 8192;
const CHUNK_BYTES = 256;
const BATTERY_FLAG = 2;

const folder = mkdtempSync(join(tmpdir(), "emu-kill-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function batteryGame(): string {
  const rom = new TestProgram().forever().toRom();
  rom[6] = rom[6]! | BATTERY_FLAG;
  const path = join(folder, "battery.nes");
  writeFileSync(path, rom);
  return path;
}

async function serve(argv: readonly string[]): Promise<{ served: ServedProcess; rpc: RpcPeer }> {
  const served = await ServedProcess.start([...argv, "--listen", "127.0.0.1:0", "--paused"]);
  return { served, rpc: new RpcPeer(await RawPeer.connect({ port: served.port })) };
}

/** States of the game whose whole battery memory is 1, and 2. */
async function twoStates(game: string): Promise<string[]> {
  const { served, rpc } = await serve([game]);
  const states: string[] = [];
  for (const value of [1, 2]) {
    for (let at = 0; at < SAVE_BYTES; at += CHUNK_BYTES)
      await rpc.call("poke", { address: 0x6000 + at, bytes: new Array(CHUNK_BYTES).fill(value) });
    states.push((await rpc.call("stateSave")).state);
  }
  served.process.kill();
  await served.process.exited;
  return states;
}

test(
  `a server killed during saves, ${KILLS} times: each save is the old or the new one`,
  async () => {
    const game = batteryGame();
    const save = join(folder, "battery.sav");
    const states = await twoStates(game);
    const random = new Prng(9);
    const seen = new Set<number>();
    let modifiedMs = 0;
    for (let kill = 0; kill < KILLS; kill++) {
      const { served, rpc } = await serve([game, "--save", save, "--save-every", "1"]);
      // The machine starts with the saved contents.
      if (kill > 0)
        expect(await rpc.call("peek", { address: 0x6000 })).toEqual({ bytes: [readFileSync(save)[0]!] });
      const deadline = performance.now() + 30 + random.below(60);
      // At least one save has been written before the kill, and others are in progress.
      const hasBegun = () => (statSync(save, { throwIfNoEntry: false })?.mtimeMs ?? 0) > modifiedMs;
      for (let at = kill; performance.now() < deadline || !hasBegun(); at++)
        await rpc.call("stateLoad", { state: states[at % 2]! });
      served.process.kill("SIGKILL");
      await served.process.exited;
      const contents = readFileSync(save);
      expect(contents.length).toBe(SAVE_BYTES);
      expect(contents.every((byte) => byte === contents[0])).toBe(true);
      seen.add(contents[0]!);
      modifiedMs = statSync(save).mtimeMs;
    }
    // The next server removes the files of killed writers, so at most the last one's is left.
    const leftovers = readdirSync(folder).filter((name) => name.endsWith(".tmp"));
    expect(leftovers.length).toBeLessThanOrEqual(1);
    // 0 is the value of the battery memory at power-on.
    expect([...seen].every((value) => value <= 2)).toBe(true);
    expect(Math.max(...seen)).toBeGreaterThan(0);
  },
  { timeout: 3_600_000 },
);
