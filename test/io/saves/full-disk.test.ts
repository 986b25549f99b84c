import { afterAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Pty } from "../../support/pty.ts";
import { RawPeer, RpcPeer } from "../../support/serve.ts";
import { ServedProcess } from "../../support/served-process.ts";
import { TestProgram } from "../../support/test-program.ts";

setDefaultTimeout(60_000);

const root = mkdtempSync(join(tmpdir(), "emu-full-disk-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const MAIN = join(import.meta.dir, "../../../src/cli/main.ts");
const BATTERY_FLAG = 2;

/** A game whose battery memory has the value that it writes to $6000. */
const game = join(root, "battery.nes");
const rom = new TestProgram().store(0x6000, 0x42).forever().toRom();
rom[6] = rom[6]! | BATTERY_FLAG;
writeFileSync(game, rom);

/** A game that writes to its battery memory without a pause, so there is always something to save. */
const restlessGame = join(root, "restless.nes");
const INC_6000 = [0xee, 0x00, 0x60];
const JMP_C000 = [0x4c, 0x00, 0xc0];
const restlessRom = new TestProgram().bytes(...INC_6000, ...JMP_C000).toRom();
restlessRom[6] = restlessRom[6]! | BATTERY_FLAG;
writeFileSync(restlessGame, restlessRom);

/**
 * Limits files to 1 KiB: acts like a full disk without mounting a file system. The limit is a soft one, which
 * `prlimit` can lift while the program runs.
 */
const LIMITED = ["bash", "-c", 'trap "" XFSZ; ulimit -S -f 1; exec "$@"', "bash"];

function liftLimit(pid: number): void {
  expect(Bun.spawnSync(["prlimit", `--pid=${pid}`, "--fsize=unlimited"]).exitCode).toBe(0);
}

/** A program's output on standard error, as it arrives. */
class Said {
  text = "";
  readonly end: Promise<void>;

  constructor(served: ServedProcess) {
    this.end = this.#follow(served.process.stderr);
  }

  async waitFor(part: string): Promise<void> {
    for (const deadline = performance.now() + 60_000; !this.text.includes(part); await Bun.sleep(20)) {
      if (performance.now() > deadline) throw new Error(`not said: ${part}, but ${this.text}`);
    }
  }

  async #follow(stream: ReadableStream<Uint8Array>): Promise<void> {
    for await (const chunk of stream) this.text += new TextDecoder().decode(chunk);
  }
}

describe.if(process.platform === "linux")("emu serve --save on a full disk", () => {
  async function serve(save: string): Promise<ServedProcess> {
    const argv = [game, "--save", save, "--save-every", "100", "--listen", "127.0.0.1:0"];
    argv.push("--log-level", "warn");
    return ServedProcess.start(argv, { TMPDIR: root }, LIMITED);
  }

  test("reports it immediately and at the end, leaves no partial file, exits with 74", async () => {
    const folder = mkdtempSync(join(root, "serve-"));
    const save = join(folder, "game.sav");
    const served = await serve(save);
    const said = new Said(served);
    await said.waitFor("tries again");
    expect(said.text).toContain(`emu: ${save}: cannot be written`);
    served.process.kill("SIGTERM");
    expect(await served.process.exited).toBe(74);
    await said.end;
    const lines = said.text.split("\n").filter((line) => line.startsWith("emu: "));
    expect(lines.filter((line) => line.includes("cannot be written"))).toHaveLength(2);
    expect(readdirSync(folder)).toEqual([]);
  });

  test("tries again, and saves when there is room", async () => {
    const save = join(mkdtempSync(join(root, "serve-")), "game.sav");
    const served = await serve(save);
    const said = new Said(served);
    await said.waitFor("tries again");
    liftLimit(served.process.pid);
    await said.waitFor("saving works again");
    expect(readFileSync(save)[0]).toBe(0x42);
    // The log has both as well.
    await said.waitFor('"msg":"the save cannot be written"');
    await said.waitFor('"msg":"saving works again"');
    served.process.kill("SIGTERM");
    expect(await served.process.exited).toBe(130);
  });

  test("two servers: the second is rejected, then takes over, and the first overwrites nothing", async () => {
    const save = join(mkdtempSync(join(root, "serve-")), "game.sav");
    const argv = [game, "--save", save, "--save-every", "100", "--listen", "127.0.0.1:0"];
    // The save that cannot be written goes to the folder for temporary files.
    const first = await ServedProcess.start(argv, { TMPDIR: root });
    const said = new Said(first);
    const refused = Bun.spawnSync([process.execPath, MAIN, "serve", ...argv]);
    expect(refused.exitCode).toBe(69);
    expect(refused.stderr.toString()).toContain(`another emu (process ${first.process.pid}) is saving to it`);
    const second = await ServedProcess.start([...argv, "--save-lock", "take"]);
    const peers = await Promise.all(
      [first, second].map(async ({ port }) => new RpcPeer(await RawPeer.connect({ port }))),
    );
    await peers[1]!.call("poke", { address: 0x6001, bytes: [2] });
    await peers[0]!.call("poke", { address: 0x6001, bytes: [1] });
    await said.waitFor("another emu has taken the save over");
    first.process.kill("SIGTERM");
    expect(await first.process.exited).toBe(74);
    second.process.kill("SIGTERM");
    expect(await second.process.exited).toBe(130);
    expect(readFileSync(save)[1]).toBe(2);
  });
});

describe.if(process.platform === "linux")("emu run on a full disk", () => {
  const run = (home: string, before?: readonly string[]) => play(game, home, before);

  function play(rom: string, home: string, before: readonly string[] = [], ...options: string[]): Pty {
    const command = [...before, process.execPath, MAIN, "run", rom, "--sound", "none", ...options];
    const folders = { HOME: home, XDG_CONFIG_HOME: home, XDG_DATA_HOME: home, XDG_STATE_HOME: home };
    return new Pty(command, { env: { ...folders, TMPDIR: home } });
  }

  test("a save that cannot be written is reported, the game continues, and the exit code is 74", async () => {
    const home = mkdtempSync(join(root, "run-"));
    await using pty = run(home, LIMITED);
    await pty.waitFor("not saved: cannot be written");
    pty.type("\x03");
    expect(await pty.end()).toBe(74);
    expect(pty.output).toContain("cannot be written");
    expect(readdirSync(join(home, "emuterm/saves"))).toEqual([]);
  });

  test("a recording that cannot be written ends with a notice; the game continues", async () => {
    const home = mkdtempSync(join(root, "run-"));
    await Bun.write(join(home, "emuterm/config.toml"), '[play]\nrecordings = "gif"\n');
    await using pty = run(home, LIMITED);
    await pty.waitFor("F1 menu");
    // F4 starts a recording.
    pty.type("\x1bOS");
    await pty.waitFor("recording ended: cannot be written");
    await Bun.sleep(300);
    expect(pty.process.exitCode).toBeNull();
    pty.type("\x03");
    await pty.end();
    expect(readdirSync(join(home, "emuterm/captures"))).toEqual([]);
  });

  test("two games: the second asks, and plays without saving or takes over", async () => {
    const home = mkdtempSync(join(root, "run-"));
    await using first = play(restlessGame, home);
    await first.waitFor("F1 menu");
    const save = () => readdirSync(join(home, "emuterm/saves")).find((name) => name.endsWith(".sav"));
    await using second = play(restlessGame, home);
    await second.waitFor("without saving (p)");
    second.type("p\r");
    await second.waitFor("F1 menu");
    second.type("\x03");
    expect(await second.end()).toBe(130);
    await using third = play(restlessGame, home);
    await third.waitFor("take over the save (t)");
    third.type("t\r");
    await third.waitFor("F1 menu");
    third.type("\x03");
    expect(await third.end()).toBe(130);
    expect(save()).toBeDefined();
    first.type("\x03");
    expect(await first.end()).toBe(74);
    await using refused = play(restlessGame, home, [], "--save-lock", "end", "--frames", "5");
    expect(await refused.end()).toBe(0);
    expect(existsSync(join(home, "emuterm/saves", `${save()}.lock`))).toBe(false);
  });
});

describe.if(process.platform === "linux")("standard output", () => {
  const commands = [
    ["info", game],
    ["--help"],
    ["run", "--keys"],
    ["dump", game, "--frames", "5", "--format", "hash", "--out", "-"],
  ];

  test.each(commands)(
    "emu %s %s: exit code 74 if it is full, a silent end if its reader has closed it",
    (...argv) => {
      const emu = ['"$0"', '"$@"'].join(" ");
      const shell = (line: string) => Bun.spawnSync(["bash", "-c", line, process.execPath, MAIN, ...argv]);
      const full = shell(`${emu} > /dev/full`);
      expect([full.exitCode, full.stderr.toString()]).toEqual([
        74,
        expect.stringContaining("no space left on the device"),
      ]);
      const closed = shell(`${emu} | true; exit \${PIPESTATUS[0]}`);
      expect([closed.exitCode, closed.stderr.toString()]).toEqual([0, ""]);
    },
  );
});
