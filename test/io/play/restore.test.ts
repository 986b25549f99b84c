import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { PlayFixtureOptions } from "../../support/play-fixture.ts";
import { HAS_PTY, leftovers, NOTHING_LEFT, Pty, type PtyOptions } from "../../support/pty.ts";

// Every test starts a program with several threads, which takes seconds on a busy machine.
setDefaultTimeout(60_000);

const FIXTURE = join(import.meta.dir, "../../support/play-fixture.ts");
/** The picture is shown: a cell with a 24-bit colour other than the black around it. */
const PICTURE = /\[[\d;]*48;2;(?!0;0;0m)/;
/** A terminal that reports its palette and accepts uploaded colours. */
const WITH_PALETTE = [
  ...Array.from({ length: 16 }, (_, slot) => `\x1b]4;${slot};rgb:1234/5678/9a${slot.toString(16)}b\x1b\\`),
  "\x1b]4;79;rgb:1212/3434/5656\x1b\\",
  "\x1b[?62;22c",
].join("");

function start(options: PlayFixtureOptions = {}, pty: PtyOptions = {}): Pty {
  return new Pty(["bun", FIXTURE, JSON.stringify(options)], pty);
}

async function waitForPicture(pty: Pty, from = 0): Promise<void> {
  await pty.waitUntil(() => PICTURE.test(pty.output.slice(from)), "picture");
}

/** Opens the menu and types keys in it. */
async function inMenu(pty: Pty, keys: string): Promise<void> {
  await pty.waitFor("F1 menu");
  pty.type("\x1bOP");
  await pty.waitFor("Back to the game");
  pty.type(keys);
}

/** Expects the terminal to be restored: modes, screen, cursor, keyboard, and the position of the prompt. */
async function expectRestored(pty: Pty): Promise<void> {
  const isRestored = () =>
    Bun.deepEquals(leftovers(pty.output), NOTHING_LEFT) && Bun.deepEquals(pty.modes, pty.modesBefore);
  // After a kill the guard needs some time.
  await pty.waitUntil(isRestored, "restored terminal", 30_000).catch(() => {});
  expect(leftovers(pty.output)).toEqual(NOTHING_LEFT);
  expect(pty.modes).toEqual(pty.modesBefore);
}

/** Number of processes of the pty's session with `word` among their arguments. */
function programsWith(word: string, pty: Pty): number[] {
  return readdirSync("/proc")
    .map(Number)
    .filter((pid) => {
      try {
        const session = Number(readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]!.split(" ")[3]);
        return session === pty.process.pid && readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(word);
      } catch {
        // The process does not exist or has ended meanwhile.
        return false;
      }
    });
}

describe.skipIf(!HAS_PTY)("the terminal is restored", () => {
  const deaths: [string, PlayFixtureOptions, (pty: Pty) => unknown, string][] = [
    ["the quit key", {}, (pty) => pty.type("\x11"), "ended: quit"],
    ["the menu's Quit, its last entry", {}, (pty) => inMenu(pty, "\x1b[A\r"), "ended: quit"],
    ["the quit key in the menu", {}, (pty) => inMenu(pty, "\x1b[113;5u"), "ended: quit"],
    [
      "SIGTERM in the menu",
      {},
      (pty) => inMenu(pty, "").then(() => pty.process.kill("SIGTERM")),
      "ended: interr",
    ],
    ["Ctrl-C", {}, (pty) => pty.type("\x03"), "ended: interrupted"],
    ["SIGINT", {}, (pty) => pty.process.kill("SIGINT"), "ended: interrupted"],
    ["SIGTERM", {}, (pty) => pty.process.kill("SIGTERM"), "ended: interrupted"],
    ["SIGHUP", {}, (pty) => pty.process.kill("SIGHUP"), "ended: interrupted"],
    ["SIGQUIT", {}, (pty) => pty.process.kill("SIGQUIT"), "ended: interrupted"],
    ["the last of the counted frames", { frames: 40 }, () => {}, "ended: frames"],
    ["an exception in the machine's thread", { throwAtFrame: 120 }, () => {}, "ended: machine-fault"],
    ["a machine that hangs", { hangAtFrame: 120 }, () => {}, "ended: machine-fault"],
    ["an exception on main", { throwOnMainMs: 1500 }, () => {}, "ended: bug"],
  ];
  test.each(deaths)("after %s", async (_, options, kill, message) => {
    await using pty = start(options);
    await waitForPicture(pty);
    expect(leftovers(pty.output)).toMatchObject({ alternateScreen: 1, hiddenCursor: 1, keyboardFlags: 1 });
    await kill(pty);
    await pty.waitFor(message);
    expect(await pty.end()).toBe(0);
    await expectRestored(pty);
    // The program's last message must be on the screen that the user sees.
    expect(pty.output.indexOf(message)).toBeGreaterThan(pty.output.lastIndexOf("\x1b[?1049l"));
  });

  test("after an exception in the presenter's thread", async () => {
    await using pty = start({ breakPresenter: true });
    await pty.waitFor("ended: bug");
    await pty.end();
    await expectRestored(pty);
  });

  test("after a machine that does not start", async () => {
    await using pty = start({ refuse: "no such mapper" });
    await pty.waitFor("no such mapper");
    expect(await pty.end()).not.toBe(0);
    await expectRestored(pty);
  });

  test.each(["SIGKILL", "SIGSEGV", "SIGABRT"] as const)("after %s", async (signal) => {
    await using pty = start();
    await waitForPicture(pty);
    pty.process.kill(signal);
    await pty.end();
    await expectRestored(pty);
  });

  const ends: [string, (pty: Pty) => void][] = [
    ["Ctrl-C", (pty) => pty.type("\x03")],
    ["SIGKILL", (pty) => pty.process.kill("SIGKILL")],
  ];
  test.each(ends)("palette included, after %s", async (_, end) => {
    await using pty = start({}, { columns: 300, rows: 120, answers: WITH_PALETTE });
    await pty.waitUntil(() => leftovers(pty.output).palette === 1, "uploaded colour");
    await Bun.sleep(100);
    end(pty);
    await pty.end();
    await expectRestored(pty);
    // The user's own sixteen colours are restored to the values that the terminal reported.
    for (let slot = 0; slot < 16; slot++)
      expect(pty.output.lastIndexOf(`]4;${slot};rgb:1234/5678/9a${slot.toString(16)}b`)).toBeGreaterThan(
        pty.output.lastIndexOf("\x1b]104;16;"),
      );
  });

  test.each(ends)("images included, after %s", async (_, end) => {
    // A terminal that claims to read shared memory, and never does.
    const answers = "\x1b_Gi=31;OK\x1b\\\x1b_Gi=32;OK\x1b\\\x1b[?62;22c";
    await using pty = start({ renderer: "auto" }, { columns: 100, rows: 40, answers, env: { TMUX: "" } });
    await pty.waitFor("_Ga=T,");
    const { pid } = pty.process;
    const pictures = () => readdirSync("/dev/shm").filter((name) => name.startsWith(`emuterm-${pid}-`));
    await pty.waitUntil(() => pictures().length > 0, "pictures in shared memory");
    await Bun.sleep(100);
    end(pty);
    await pty.end();
    await expectRestored(pty);
    await pty.waitUntil(() => pictures().length === 0, "removed pictures", 30_000);
    expect(pty.output.lastIndexOf("_Ga=d,d=I,")).toBeGreaterThan(pty.output.lastIndexOf("_Ga=T,"));
  });

  test("after SIGKILL of the shell that started it", async () => {
    await using pty = new Pty(["sh", "-c", `bun ${FIXTURE} '{}'; echo not reached`]);
    await waitForPicture(pty);
    pty.process.kill("SIGKILL");
    await expectRestored(pty);
    expect(pty.output).not.toContain("not reached");
    await pty.waitUntil(() => programsWith(FIXTURE, pty).length === 0, "end of the program");
  });

  test("not at all if the terminal was closed: no process remains", async () => {
    await using pty = start();
    await waitForPicture(pty);
    const programs = programsWith(FIXTURE, pty);
    expect(programs.length).toBeGreaterThan(0);
    pty.hangUp();
    await pty.waitUntil(() => programs.every((pid) => !existsSync(`/proc/${pid}`)), "end of the program");
  });

  test("after SIGKILL while main hangs and ignores SIGTERM", async () => {
    await using pty = start({ hangMainMs: 1500 });
    await pty.waitFor("main hangs");
    pty.process.kill("SIGTERM");
    await Bun.sleep(300);
    expect(pty.process.exitCode).toBeNull();
    pty.process.kill("SIGKILL");
    await pty.end();
    await expectRestored(pty);
  });

  const stops: [string, (pty: Pty) => void][] = [
    ["Ctrl-Z", (pty) => pty.type("\x1a")],
    ["SIGTSTP", (pty) => pty.process.kill("SIGTSTP")],
  ];
  test.each(stops)("while stopped by %s, and taken over again afterwards", async (_, stop) => {
    await using pty = start();
    for (let round = 0; round < 2; round++) {
      const from = pty.output.length;
      await waitForPicture(pty, from);
      stop(pty);
      await expectRestored(pty);
      const stopped = pty.output.length;
      await Bun.sleep(200);
      expect(pty.output.length).toBe(stopped);
      pty.process.kill("SIGCONT");
      await waitForPicture(pty, stopped);
      expect(leftovers(pty.output)).toMatchObject({ alternateScreen: 1, hiddenCursor: 1, keyboardFlags: 1 });
    }
    pty.type("\x03");
    await pty.waitFor("ended: interrupted");
    await pty.end();
    await expectRestored(pty);
  });

  test("after SIGSTOP and SIGCONT, which leave no time to clean up", async () => {
    await using pty = start();
    await waitForPicture(pty);
    pty.process.kill("SIGSTOP");
    await Bun.sleep(100);
    const stopped = pty.output.length;
    pty.process.kill("SIGCONT");
    await waitForPicture(pty, stopped);
    pty.type("\x03");
    await pty.end();
    await expectRestored(pty);
  });

  test("after its window changed", async () => {
    await using pty = start();
    await waitForPicture(pty);
    let from = pty.output.length;
    pty.resize(20, 5);
    await pty.waitFor("window too", from);
    from = pty.output.length;
    pty.resize(100, 40);
    await waitForPicture(pty, from);
    pty.type("\x03");
    await pty.end();
    await expectRestored(pty);
  });
});
