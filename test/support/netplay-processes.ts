/** `emu host` and `emu join` in pseudo-terminals. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Pty } from "./pty.ts";

export const MAIN = join(import.meta.dir, "../../src/cli/main.ts");
export const NETPLAY_TOKEN = "a token of the tests";
/** The answer of a terminal that reports key releases. */
const ANSWERS = "\x1b[?15u\x1b[?62;22c";
const QUIT = "\x1b[113;5u";

/** What `--stats` writes about a game with others. */
export interface NetplayReport {
  readonly frames: number;
  readonly missed: number;
  readonly workMicroseconds: { readonly p50: number; readonly p99: number; readonly max: number };
  readonly netplay: {
    readonly player: number;
    readonly roundTripMs: number;
    readonly delayFrames: number;
    readonly rollbacks: number;
    readonly replayedFrames: number;
    readonly deepest: number;
    readonly stalls: number;
    readonly lastEqualFrame: number;
    /** CRC-32 of both machines' states before that frame. */
    readonly lastEqualHash: string;
  };
}

/** One emu that plays with others. */
export class NetplayProcess implements AsyncDisposable {
  readonly pty: Pty;
  readonly #folder = mkdtempSync(join(tmpdir(), "emu-netplay-"));

  constructor(argv: readonly string[], options: { readonly columns?: number; readonly rows?: number } = {}) {
    const stats = join(this.#folder, "stats.json");
    const folders = {
      XDG_CONFIG_HOME: this.#folder,
      XDG_DATA_HOME: this.#folder,
      XDG_STATE_HOME: this.#folder,
    };
    this.pty = new Pty(
      [
        process.execPath,
        MAIN,
        ...argv,
        "--token",
        NETPLAY_TOKEN,
        "--sound",
        "none",
        "--stats-line",
        "--stats",
        stats,
      ],
      { ...options, answers: ANSWERS, env: folders },
    );
  }

  /** Hosts a ROM on any free port of loopback. Resolves when others can join. */
  static async host(rom: string, ...argv: readonly string[]): Promise<NetplayProcess & { port: number }> {
    const host = new NetplayProcess(["host", rom, "--bind", "127.0.0.1:0", ...argv], { columns: 120 });
    await host.pty.waitFor("emu join 127.0.0.1:");
    const port = Number(/emu join 127\.0\.0\.1:(\d+)/.exec(host.pty.output)?.[1]);
    return Object.assign(host, { port });
  }

  /** Joins a game. */
  static join(rom: string, port: number, ...argv: readonly string[]): NetplayProcess {
    return new NetplayProcess(["join", `127.0.0.1:${port}`, rom, ...argv], { columns: 120 });
  }

  /** Resolves when the status line shows that the game runs with this player. */
  async playing(player: number): Promise<void> {
    await this.pty.waitUntil(() => new RegExp(`player ${player} .* fps`).test(this.pty.output), "game");
  }

  /** Types a button: presses or releases it. */
  button(code: number, isDown: boolean): void {
    this.pty.type(isDown ? `\x1b[${code}u` : `\x1b[${code};1:3u`);
  }

  /** Quits, and returns the exit code. */
  async quit(): Promise<number | string> {
    this.pty.type(QUIT);
    return await this.pty.end();
  }

  report(): NetplayReport {
    return JSON.parse(readFileSync(join(this.#folder, "stats.json"), "utf8"));
  }

  /** Resident memory of emu now; Linux only. */
  residentMib(): number {
    const status = readFileSync(`/proc/${this.pty.process.pid}/status`, "utf8");
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.pty[Symbol.asyncDispose]();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
