import { describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { HAS_PTY, Pty } from "../../support/pty.ts";
import { HAS_TMUX } from "../../support/tmux-screen.ts";

const FIXTURE = join(import.meta.dir, "../../support/play-fixture.ts");
const IMAGE_PROBE = "\x1b_Gi=31,";
const IMAGE = "\x1b_Ga=T,f=100,";
const CELL = "\x1b[4";
const REPORT_REQUEST = "\x1b_Gi=33,";

/** A game inside tmux. The outer terminal shows images and answers the queries that reach it. */
class Tmux implements AsyncDisposable {
  readonly pty: Pty;
  readonly #folder = mkdtempSync(join(tmpdir(), "emu-tmux-"));
  readonly #timer: ReturnType<typeof setInterval>;

  constructor(allowsPassthrough: boolean) {
    const config = join(this.#folder, "tmux.conf");
    writeFileSync(
      config,
      `set -g allow-passthrough ${allowsPassthrough ? "on" : "off"}\nset -g status-position top\n`,
    );
    const socket = join(this.#folder, "socket");
    const play = `bun ${FIXTURE} '{"renderer":"auto","settings":{"statusLine":false}}'`;
    this.pty = new Pty(["tmux", "-u", "-S", socket, "-f", config, "new", play], {
      columns: 100,
      rows: 40,
      env: { TMUX: "" },
    });
    const answered = { [IMAGE_PROBE]: 0, [REPORT_REQUEST]: 0 };
    this.#timer = setInterval(() => {
      for (const question of [IMAGE_PROBE, REPORT_REQUEST] as const) {
        const asked = this.pty.output.split(question).length - 1;
        for (; answered[question] < asked; answered[question]++)
          this.pty.type(`\x1b_G${question.slice(3, -1)};OK\x1b\\`);
      }
    }, 5);
  }

  count(what: string): number {
    return this.pty.output.split(what).length - 1;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    Bun.spawnSync(["tmux", "-S", join(this.#folder, "socket"), "kill-server"]);
    await this.pty[Symbol.asyncDispose]();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

describe.skipIf(!HAS_PTY || !HAS_TMUX)("inside tmux", () => {
  test("images go to the outer terminal if tmux allows it, below its status line", async () => {
    // emu waits for the answer for a limited time, which a busy computer can exceed: begin again then.
    for (let attempt = 0; ; attempt++) {
      await using tmux = new Tmux(true);
      await tmux.pty.waitUntil(() => tmux.count(IMAGE) > 20 || tmux.count(CELL) > 5000, "pictures");
      if (tmux.count(IMAGE) === 0 && attempt < 4) continue;
      // Each frame waits for the terminal, not for tmux: the requests exceed the answers by only a few.
      expect(tmux.count(REPORT_REQUEST)).toBeGreaterThan(15);
      expect(tmux.pty.output).toMatch(/\[2;\d+H[^H]{0,3}_Ga=T,f=100/);
      tmux.pty.type("\x03");
      await tmux.pty.waitFor("_Ga=d,d=I,");
      await tmux.pty.end();
      return;
    }
  }, 120_000);

  test("cells are used if tmux does not allow it", async () => {
    await using tmux = new Tmux(false);
    await tmux.pty.waitUntil(() => tmux.count(CELL) > 200, "coloured cells");
    expect(tmux.count(IMAGE)).toBe(0);
    expect(tmux.count(IMAGE_PROBE)).toBe(0);
  }, 60_000);
});
