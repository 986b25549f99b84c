import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildExample } from "../../test/support/debug.ts";
import { Recording } from "./gif.ts";

const ROOT = join(import.meta.dir, "../..");
const COLUMNS = 120;
const ROWS = 34;
const PATIENCE_MS = 20_000;

/** Records a session in Emacs with dap-mode: a breakpoint in C, steps in both directions. */
export async function recordEditor(path: string): Promise<void> {
  const game = buildExample("cc65-game");
  const folder = mkdtempSync(join(tmpdir(), "emu-gif-editor-"));
  const emu = join(folder, "emu");
  const main = join(ROOT, "src/cli/main.ts");
  writeFileSync(emu, `#!/bin/sh\nexec "${process.execPath}" "${main}" "$@"\n`, { mode: 0o755 });
  const socket = `emu-gif-${process.pid}`;
  const environment = { EMU_GIF_FOLDER: folder, EMU_GIF_EMU: emu, EMU_GIF_ROM: game.rom };
  const tmux = (...argv: string[]): string => {
    const { stdout, exitCode, stderr } = Bun.spawnSync(["tmux", "-L", socket, "-f", "/dev/null", ...argv], {
      env: { ...process.env, ...environment, TERM: "xterm-256color" },
    });
    if (exitCode !== 0) throw new Error(`tmux ${argv[0]}: ${stderr}`);
    return stdout.toString();
  };
  const display = `:${90 + (process.pid % 900)}`;
  const x11 = Bun.spawn(["Xvfb", display, "-screen", "0", "1100x640x24", "-nolisten", "tcp"], {
    stdio: ["ignore", "ignore", "ignore"],
  });
  let terminal: Bun.Subprocess | undefined;
  const recording = new Recording();
  const hold = (seconds: number): void => {
    const { stdout, exitCode } = Bun.spawnSync(["import", "-display", display, "-window", "root", "png:-"]);
    if (exitCode !== 0) throw new Error("the screen cannot be read: install ImageMagick");
    recording.add(stdout, seconds);
  };
  /** Waits until the terminal shows a text that matches. */
  const until = async (pattern: RegExp): Promise<void> => {
    const end = performance.now() + PATIENCE_MS;
    while (!pattern.test(tmux("capture-pane", "-p"))) {
      if (performance.now() > end)
        throw new Error(`${pattern} was not shown:\n${tmux("capture-pane", "-p")}`);
      await Bun.sleep(50);
    }
    // The terminal draws a little later than tmux.
    await Bun.sleep(300);
  };
  /** Presses a key and shows the line at which the program then stands. */
  const press = async (key: string, seconds: number, pattern?: RegExp): Promise<void> => {
    tmux("send-keys", key);
    if (pattern === undefined) await Bun.sleep(700);
    else await until(pattern);
    hold(seconds);
  };
  try {
    const source = join(game.folder, "src/game.c");
    const text = await Bun.file(source).text();
    const line = text.split("\n").findIndex((each) => each.includes("secret = next_random()")) + 1;
    const config = join(import.meta.dir, "editor.el");
    const editor = ["emacs", "-nw", "-q", "-l", config, `+${line}`, source];
    tmux("new-session", "-d", "-x", String(COLUMNS), "-y", String(ROWS), ...editor);
    tmux("set", "-g", "status", "off");
    const attach = ["tmux", "-L", socket, "attach"];
    const look = [
      "-fa",
      "DejaVu Sans Mono",
      "-fs",
      "11",
      "-bg",
      "#242424",
      "-fg",
      "#f6f3e8",
      "-b",
      "0",
      "+sb",
    ];
    terminal = Bun.spawn(["xterm", ...look, "-geometry", `${COLUMNS}x${ROWS}+0+0`, "-e", ...attach], {
      env: { ...process.env, DISPLAY: display, TERM: "xterm-256color" },
      stdio: ["ignore", "ignore", "ignore"],
    });
    await until(/secret = next_random/);
    await Bun.sleep(1500);
    hold(1.2);
    await press("F9", 1.2);
    await press("F6", 1.2, /crt0\.s/);
    await press("F5", 1.5, /game\.c/);
    for (let count = 0; count < 5; count++) await press("F10", 0.8);
    for (let count = 0; count < 5; count++) await press("F12", 0.8);
    await press("F5", 1.2);
    await press("F8", 1.5);
    hold(2);
  } finally {
    try {
      tmux("kill-server");
    } catch {
      // It did not start.
    }
    terminal?.kill();
    x11.kill();
    await x11.exited;
    rmSync(folder, { recursive: true });
    game.remove();
  }
  await recording.write(path, 1000);
}
