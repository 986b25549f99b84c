import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildNsf, RTS } from "../../support/nsf-builder.ts";
import { HAS_PTY, leftovers, NOTHING_LEFT, Pty } from "../../support/pty.ts";
import { portOf, startServer } from "../../support/serve.ts";

// Every test starts a program with several threads, which takes seconds on a busy machine.
setDefaultTimeout(120_000);

const MAIN = join(import.meta.dir, "../../../src/cli/main.ts");

function isStopped({ process: { pid } }: Pty): boolean {
  return readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)!.startsWith("T");
}

/** Programs with a screen of their own: how they start, and a text that a whole screen has. */
const SCREENS: [string, string[], string][] = [
  ["the library", ["run", "--library"], "type to find a game"],
  ["the music player", ["run", "tune.nsf", "--sound", "none"], "Channels"],
  ["a spectator", ["watch", "ADDRESS", "--render", "half-block"], "▀"],
  ["the debugger", ["run", "--debug", join(import.meta.dir, "../../../roms/swingby.nes")], "help"],
];

describe.skipIf(!HAS_PTY)("the shell has the terminal while it is stopped:", () => {
  test.each(SCREENS)("%s", async (_, args, text) => {
    const folder = mkdtempSync(join(tmpdir(), "emu-stop-"));
    const tune = buildNsf({ program: [RTS] });
    const server = args[0] === "watch" ? await startServer() : undefined;
    await server?.host.run(60, new AbortController().signal);
    const command = args.map((word) =>
      word === "tune.nsf" ? join(folder, word) : word === "ADDRESS" ? `127.0.0.1:${portOf(server!)}` : word,
    );
    writeFileSync(join(folder, "tune.nsf"), tune);
    try {
      await using pty = new Pty(["bun", MAIN, ...command], {
        env: { HOME: folder, XDG_CONFIG_HOME: folder, XDG_DATA_HOME: folder },
      });
      await pty.waitFor(text);
      const stops = [() => pty.process.kill("SIGTSTP"), () => pty.type("\x1a")];
      for (const stop of stops) {
        stop();
        await pty.waitUntil(() => isStopped(pty), "stop");
        await pty.waitUntil(() => Bun.deepEquals(leftovers(pty.output), NOTHING_LEFT), "restored screen");
        expect(pty.modes).toEqual(pty.modesBefore);
        const from = pty.output.length;
        pty.process.kill("SIGCONT");
        await pty.waitFor(text, from);
        expect(leftovers(pty.output)).toMatchObject({ alternateScreen: 1, hiddenCursor: 1 });
        expect(pty.modes).not.toEqual(pty.modesBefore);
      }
      // A SIGSTOP cannot be handled: the shell has written over the screen.
      pty.process.kill("SIGSTOP");
      await pty.waitUntil(() => isStopped(pty), "stop");
      const from = pty.output.length;
      pty.process.kill("SIGCONT");
      await pty.waitFor(text, from);
      pty.process.kill("SIGTERM");
      await pty.end();
      expect(leftovers(pty.output)).toEqual(NOTHING_LEFT);
    } finally {
      await server?.close();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
