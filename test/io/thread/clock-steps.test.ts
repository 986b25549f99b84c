import { afterAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FakeClock } from "../../support/faketime.ts";
import { Pty } from "../../support/pty.ts";
import { RawPeer, RpcPeer } from "../../support/serve.ts";
import { ServedProcess } from "../../support/served-process.ts";
import { TestProgram } from "../../support/test-program.ts";

setDefaultTimeout(60_000);

const folder = mkdtempSync(join(tmpdir(), "emu-clock-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const game = join(folder, "game.nes");
await Bun.write(game, new TestProgram().forever().toRom());

const MAIN = join(import.meta.dir, "../../../src/cli/main.ts");
/** The clock is set back and forth; each step exceeds every time limit in emu. */
const STEPS_SECONDS = [-60, -120, 0, 3600, -3600, 0];
/** After the last step, long enough for `serve` to call a thread hung, which takes ten seconds. */
const AFTERWARDS_MS = 11_000;

async function stepClock(clock: FakeClock, isWell: () => Promise<void>): Promise<void> {
  for (const step of STEPS_SECONDS) {
    clock.set(step);
    await Bun.sleep(700);
    await isWell();
  }
}

// These tests mostly wait, so they wait together.
// The real-time thread, FFI and libfaketime of this test need Linux.
describe.if(process.platform === "linux")("a computer whose clock is set", () => {
  test.concurrent.each([[], ["--paused"]])("emu serve %p continues", async (...argv) => {
    const clock = new FakeClock(mkdtempSync(join(folder, "serve-")));
    const served = await ServedProcess.start(
      [game, ...argv.flat(), "--listen", "127.0.0.1:0", "--save", join(folder, "none.sav")],
      clock.env,
    );
    try {
      const rpc = new RpcPeer(await RawPeer.connect({ port: served.port }));
      await stepClock(clock, async () => {
        const before = performance.now();
        const { frame } = await rpc.call("run", { frames: 30 });
        expect(frame).toBeGreaterThan(0);
        if (argv.flat().length === 0) await rpc.call("resume");
        expect(performance.now() - before).toBeLessThan(5000);
      });
      clock.set(-7200);
      await Bun.sleep(AFTERWARDS_MS);
      await rpc.call("run", { frames: 1 });
      expect(served.process.exitCode).toBeNull();
    } finally {
      served.process.kill("SIGKILL");
      await served.process.exited;
    }
  });

  test.concurrent.each(["playing", "in the menu"])("emu run continues while %s", async (mode) => {
    const home = mkdtempSync(join(folder, "run-"));
    const clock = new FakeClock(home);
    const command = [process.execPath, MAIN, "run", game, "--sound", "none"];
    await using pty = new Pty(command, { env: { ...clock.env, HOME: home, XDG_CONFIG_HOME: home } });
    await pty.waitFor("F1 menu");
    if (mode !== "playing") {
      pty.type("\x1bOP");
      await pty.waitFor("Back to the game");
    }
    await stepClock(clock, async () => expect(pty.process.exitCode).toBeNull());
    clock.set(-7200);
    await Bun.sleep(2000);
    expect(pty.process.exitCode).toBeNull();
    pty.type("\x03");
    expect(await pty.end()).toBe(130);
  });
});

describe("a process that was stopped for longer than every time limit", () => {
  test.concurrent("continues: a thread that could not run does not count as hung", async () => {
    const served = await ServedProcess.start([game, "--listen", "127.0.0.1:0"]);
    try {
      const rpc = new RpcPeer(await RawPeer.connect({ port: served.port }));
      served.process.kill("SIGSTOP");
      await Bun.sleep(12_000);
      served.process.kill("SIGCONT");
      await rpc.call("run", { frames: 10 });
      // The process is stopped again while it ends.
      served.process.kill("SIGTERM");
      served.process.kill("SIGSTOP");
      await Bun.sleep(2000);
      served.process.kill("SIGCONT");
      await served.process.exited;
      expect(served.process.exitCode).toBe(130);
    } finally {
      served.process.kill("SIGKILL");
    }
  });
});
