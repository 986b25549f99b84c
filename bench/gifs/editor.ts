import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildExample } from "../../test/support/debug.ts";
import { Recording } from "./gif.ts";

const ROOT = join(import.meta.dir, "../..");
const COLUMNS = 120;
const ROWS = 34;
const PATIENCE_MS = 20_000;
const XTERM_LOOK = "-fa|DejaVu Sans Mono|-fs|11|-bg|#242424|-fg|#f6f3e8|-b|0|+sb".split("|");

/** Records a session in Emacs with dap-mode: a breakpoint in C, steps in both directions. */
export async function recordEditor(path: string): Promise<void> {
  const game = buildExample("cc65-game");
  const recording = new Recording();
  const source = join(game.folder, "src/game.c");
  const text = await Bun.file(source).text();
  const line = text.split("\n").findIndex((each) => each.includes("secret = next_random()")) + 1;
  const screen = new EditorScreen(game.rom, recording);
  try {
    screen.open(source, line);
    await screen.until(/secret = next_random/);
    await Bun.sleep(1500);
    screen.hold(1.2);
    await screen.press("F9", 1.2);
    await screen.press("F6", 1.2, /crt0\.s/);
    await screen.press("F5", 1.5, /game\.c/);
    for (let count = 0; count < 5; count++) await screen.press("F10", 0.8);
    for (let count = 0; count < 5; count++) await screen.press("F12", 0.8);
    await screen.press("F5", 1.2);
    await screen.press("F8", 1.5);
    screen.hold(2);
  } finally {
    await screen.close();
    game.remove();
  }
  await recording.write(path, 1000);
}

/** Emacs in tmux, which tells what is shown, in an xterm on an X server of its own, which shows it. */
class EditorScreen {
  readonly #recording: Recording;
  readonly #folder = mkdtempSync(join(tmpdir(), "emu-gif-editor-"));
  readonly #environment: Readonly<Record<string, string>>;
  readonly #socket = `emu-gif-${process.pid}`;
  readonly #display = `:${90 + (process.pid % 900)}`;
  readonly #x11: Bun.Subprocess;
  #terminal: Bun.Subprocess | undefined;

  constructor(rom: string, recording: Recording) {
    this.#recording = recording;
    const emu = join(this.#folder, "emu");
    const main = join(ROOT, "src/cli/main.ts");
    writeFileSync(emu, `#!/bin/sh\nexec "${process.execPath}" "${main}" "$@"\n`, { mode: 0o755 });
    this.#environment = { EMU_GIF_FOLDER: this.#folder, EMU_GIF_EMU: emu, EMU_GIF_ROM: rom };
    this.#x11 = Bun.spawn(["Xvfb", this.#display, "-screen", "0", "1100x640x24", "-nolisten", "tcp"], {
      stdio: ["ignore", "ignore", "ignore"],
    });
  }

  /** Opens a line of a source file. */
  open(source: string, line: number): void {
    const config = join(import.meta.dir, "editor.el");
    const editor = ["emacs", "-nw", "-q", "-l", config, `+${line}`, source];
    this.#tmux("new-session", "-d", "-x", String(COLUMNS), "-y", String(ROWS), ...editor);
    this.#tmux("set", "-g", "status", "off");
    const attach = ["tmux", "-L", this.#socket, "attach"];
    this.#terminal = Bun.spawn(
      ["xterm", ...XTERM_LOOK, "-geometry", `${COLUMNS}x${ROWS}+0+0`, "-e", ...attach],
      {
        env: { ...process.env, DISPLAY: this.#display, TERM: "xterm-256color" },
        stdio: ["ignore", "ignore", "ignore"],
      },
    );
  }

  /** Adds what is shown to the recording. */
  hold(seconds: number): void {
    const argv = ["import", "-display", this.#display, "-window", "root", "png:-"];
    const { stdout, exitCode } = Bun.spawnSync(argv);
    if (exitCode !== 0) throw new Error("the screen cannot be read: install ImageMagick");
    this.#recording.add(stdout, seconds);
  }

  /** Waits until the terminal shows a text that matches. */
  async until(pattern: RegExp): Promise<void> {
    const end = performance.now() + PATIENCE_MS;
    while (!pattern.test(this.#tmux("capture-pane", "-p"))) {
      if (performance.now() > end)
        throw new Error(`${pattern} was not shown:\n${this.#tmux("capture-pane", "-p")}`);
      await Bun.sleep(50);
    }
    // The terminal draws a little later than tmux.
    await Bun.sleep(300);
  }

  /** Presses a key and holds the line at which the program then stands. */
  async press(key: string, seconds: number, pattern?: RegExp): Promise<void> {
    this.#tmux("send-keys", key);
    if (pattern === undefined) await Bun.sleep(700);
    else await this.until(pattern);
    this.hold(seconds);
  }

  /** Ends all programs. */
  async close(): Promise<void> {
    try {
      this.#tmux("kill-server");
    } catch {
      // It did not start.
    }
    this.#terminal?.kill();
    this.#x11.kill();
    await this.#x11.exited;
    rmSync(this.#folder, { recursive: true });
  }

  #tmux(...argv: string[]): string {
    const command = ["tmux", "-L", this.#socket, "-f", "/dev/null", ...argv];
    const { stdout, exitCode, stderr } = Bun.spawnSync(command, {
      env: { ...process.env, ...this.#environment, TERM: "xterm-256color" },
    });
    if (exitCode !== 0) throw new Error(`tmux ${argv[0]}: ${stderr}`);
    return stdout.toString();
  }
}
