import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import manifest from "../../package.json" with { type: "json" };
import { COMMAND_LIST } from "../../src/cli/command-list.ts";
import { createProgram } from "../../src/cli/main.ts";
import { emu } from "../support/cli.ts";
import { blarggStatus, TestProgram } from "../support/test-program.ts";

const folder = mkdtempSync(join(tmpdir(), "emu-cli-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Windows has other signals and shells. */
const isWindows = process.platform === "win32";

function file(name: string, contents: Uint8Array | string): string {
  const path = join(folder, name);
  writeFileSync(path, contents);
  return path;
}

const still = file("still.nes", new TestProgram().forever().toRom());
const result = (code: number) => blarggStatus(new TestProgram().waitFrames(2), code).forever().toRom();
const passing = file("passing.nes", result(0));
const failing = file("failing.nes", result(2));
const text = file("text.nes", "this is no ROM");

const commandNames = (await createProgram()).commands.map((command) => [command.name()]);

describe("exit codes", () => {
  test.each([
    [0, ["--version"]],
    [0, ["--help"]],
    [0, ["help", "dump"]],
    [0, ["dump", still, "--frames", "2", "--format", "hash"]],
    [0, ["conform", passing]],
    [1, ["conform", failing]],
    [1, ["conform", text]],
    [2, []],
    [2, ["nonsense"]],
    [2, ["toString"]],
    [2, ["constructor"]],
    // A path means a game to play, but there is no terminal here.
    [69, [still]],
    [69, [folder]],
    [69, ["roms/swingby.nes", "--frames", "2"]],
    [69, ["games.zip#game.nes"]],
    [69, ["--mute"]],
    [69, ["--volume", "40", still]],
    [2, ["--volume", "loud"]],
    [2, ["--nonsense", still]],
    [2, ["--patch", "game.ips"]],
    [2, ["--mute", "info", still]],
    [2, ["dump", still]],
    [2, ["dump", still, "--frames", "0"]],
    [2, ["dump", still, "--frames", "2", "--format", "bmp"]],
    [2, ["dump", still, "--frames", "2", "--from", "2", "--format", "raw"]],
    [2, ["conform", passing, "--shard", "3/2"]],
    [2, ["conform", passing, "--times", "times.json"]],
    [65, ["conform", passing, "--shard", "1/2", "--times", passing]],
    [2, ["conform", "merge", passing, "--repeat", "2"]],
    [66, ["conform", "merge", join(folder, "nothing")]],
    [65, ["dump", text, "--frames", "2"]],
    [65, ["info", text]],
    [65, ["bench", text]],
    [65, ["conform", file("broken.json", "[{")]],
    [66, ["dump", join(folder, "nothing.nes"), "--frames", "2"]],
    [66, ["conform", join(folder, "nothing")]],
    [66, ["dump", still, "--frames", "2", "--format", "raw", "--out", join(folder, "no/such/x")]],
    [69, ["run", still]],
    [74, ["dump", folder, "--frames", "2"]],
  ])("%i for emu %p", (code, argv) => {
    const { exitCode, stdout, stderr } = emu(argv);
    expect({ exitCode, stderr }).toMatchObject({ exitCode: code });
    // Errors are one line on standard error, without a stack trace.
    if (code > 1 && argv.length > 0) {
      expect(stdout.toString()).toBe("");
      expect(stderr).toMatch(/^emu: [^\n]+\n$/);
    }
  });

  test.skipIf(isWindows)("0 when the reader closes the pipe", () => {
    const command = `"${process.execPath}" src/cli/main.ts dump "${still}" --frames 200 --format raw; echo "rc $?" >&2`;
    const { stdout, stderr } = Bun.spawnSync(["sh", "-c", `{ ${command}; } | head -c 10 | wc -c`]);
    expect(stdout.toString().trim()).toBe("10");
    expect(stderr.toString()).toBe("rc 0\n");
  });

  test.skipIf(isWindows)("130 for an interrupted dump, which leaves nothing behind", async () => {
    const out = mkdtempSync(join(folder, "out-"));
    const argv = ["dump", still, "--frames", "1000000", "--format", "raw", "--out", join(out, "x.raw")];
    const child = Bun.spawn([process.execPath, "src/cli/main.ts", ...argv], { stderr: "pipe" });
    while (readdirSync(out).length === 0) await Bun.sleep(20);
    child.kill("SIGINT");
    expect(await child.exited).toBe(130);
    expect(await new Response(child.stderr).text()).toBe("");
    expect(readdirSync(out)).toEqual([]);
  });
});

describe("the command line", () => {
  test("--version prints the package's version", () => {
    expect(emu(["--version"]).stdout.toString().trim()).toBe(manifest.version);
  });

  test("--help loads no command, and lists each in one line of 80 columns", () => {
    const program = `
      const { createProgram } = await import(${JSON.stringify(join(import.meta.dir, "../../src/cli/main.ts"))});
      process.stdout.write((await createProgram()).helpInformation());
      process.stderr.write(Object.keys(require.cache).filter((path) => path.includes("commands")).join());`;
    const { stdout, stderr } = Bun.spawnSync([process.execPath, "-e", program]);
    expect(stderr.toString()).toBe("");
    const listed = /^Commands:\n([\s\S]*?)\n(\n|$)/m.exec(stdout.toString())?.[1]?.split("\n") ?? [];
    expect(listed.map((line) => line.trim().split(/ {2,}/))).toEqual([
      ...Object.entries(COMMAND_LIST).map(([name, { summary }]) => [name, summary]),
      ["help", "print the help of a command"],
    ]);
    expect(listed.filter((line) => line.length > 80)).toEqual([]);
  });

  test.each(commandNames)("emu %s is in the list under its own name", async (name) => {
    const { commands } = await createProgram(name);
    expect(commands.map((command) => command.name())).toEqual([name]);
  });

  const HELP = emu(["--help"]).stdout.toString();
  const KEYS = emu(["run", "--keys"]).stdout.toString();
  test.each([
    [["help", "bench"], "Usage: emu bench "],
    [["--", "bench", "--help"], "Usage: emu bench "],
    [["help", "nonsense"], "emu: 'nonsense' is not a command"],
    [["help"], "Usage: emu [options]"],
    [["help", "conform", "merge"], "Usage: emu conform merge "],
    [["help", "conform", "tests.toml"], "Usage: emu conform [options]"],
    [["--help", "bench"], HELP],
    [["-h", "bench"], HELP],
    [["--keys"], KEYS],
    [["--mute", "--keys", "swingby"], KEYS],
    [["--mutex"], "emu: unknown option '--mutex' (did you mean --mute?)"],
    [["--mute", "bench"], "emu: unknown option '--mute'"],
    [["--debug", "--track", "2"], "emu: --track cannot be used with --debug"],
  ])("emu %p", (argv, usage) => {
    const { stdout, stderr } = emu(argv);
    expect(stdout.toString() + stderr).toStartWith(usage);
  });

  test("emu conform merge --help lists the options of the log, as all commands do", () => {
    const { stdout } = emu(["conform", "merge", "--help"]);
    expect(stdout.toString()).toContain("--log-level <level>");
    const log = join(folder, "merge.log");
    const argv = ["conform", "merge", join(folder, "nothing"), "--log-level", "info", "--log-file", log];
    expect(emu(argv).exitCode).toBe(66);
    expect(readFileSync(log, "utf8")).toContain("no such file");
  });

  test.each(commandNames)(
    "emu %s --help has 80 columns, but for commands to copy, and an example",
    (name) => {
      const { exitCode, stdout } = emu([name, "--help"]);
      expect(exitCode).toBe(0);
      const lines = stdout.toString().split("\n");
      expect(lines.filter((line) => line.length > 80 && !line.startsWith("  $ "))).toEqual([]);
      // The Python package starts emu env, so its example is one line of Python.
      const example = name === "env" ? "python3 -c 'import emuterm" : `emu ${name}`;
      expect(stdout.toString()).toMatch(new RegExp(`Examples?:\n {2}\\$ ${example}`));
    },
  );
});

test("suggests a similar command for a mistyped one", () => {
  const { exitCode, stderr } = emu(["dmup", still]);
  expect([exitCode, stderr]).toEqual([2, "emu: unknown command 'dmup' (did you mean dump?)\n"]);
});

test.each([
  [["dump", "--frmes", "2"], "unknown option '--frmes' (did you mean --frames?)"],
  [["help", "dmup"], "unknown command 'dmup' (did you mean dump?)"],
  [["help", "castlequest"], "'castlequest' is not a command (see emu --help)"],
  [["help", still], `'${still}' is not a command (see emu --help)`],
])("emu %p is an error of one line", (argv, what) => {
  const { exitCode, stdout, stderr } = emu(argv);
  expect([exitCode, stdout.toString(), stderr]).toEqual([2, "", `emu: ${what}\n`]);
});

test.each([[["-x.nes"]], [["info", "-x.nes"]]])("a file whose name is like an option: emu %p", (argv) => {
  writeFileSync(join(folder, "-x.nes"), "");
  const main = join(import.meta.dir, "../../src/cli/main.ts");
  const { exitCode, stderr } = Bun.spawnSync([process.execPath, main, ...argv], { cwd: folder });
  const what = "emu: unknown option '-x.nes' (for the file of this name: ./-x.nes)\n";
  expect([exitCode, stderr.toString()]).toEqual([2, what]);
});

test("a word that is like no command is no file either", () => {
  const { exitCode, stderr } = emu(["castlequest"]);
  const what = "emu: 'castlequest' is neither a command nor a file (see emu --help)\n";
  expect([exitCode, stderr]).toEqual([2, what]);
});

test.each(["swingby", "test-card"])("emu %s plays what comes with emu", (name) => {
  expect(emu([name]).stderr).toContain("standard output is not a terminal");
});

describe("the log", () => {
  test("goes to a file in a new folder, never to standard output", () => {
    const log = join(folder, "logs", "emu.log");
    const argv = [
      "dump",
      still,
      "--frames",
      "2",
      "--format",
      "raw",
      "--log-level",
      "info",
      "--log-file",
      log,
    ];
    expect(emu(argv).stdout).toHaveLength(2 * 122_880);
    emu(["dump", "no.nes", "--frames", "2", "--log-file", log]);
    const lines = readFileSync(log, "utf8")
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines.map(({ msg }) => msg)).toEqual([
      "started",
      "ROM read",
      "powered on",
      "emu: no.nes: no such file",
    ]);
  });

  test("that cannot be written is an error that says why", () => {
    const { exitCode, stderr } = emu(["info", still, "--log-file", folder]);
    expect([exitCode, stderr]).toEqual([74, `emu: ${folder}: cannot be written: it is a folder\n`]);
  });

  test("goes to standard error otherwise", () => {
    const { stderr, stdout } = emu([
      "dump",
      still,
      "--frames",
      "1",
      "--format",
      "hash",
      "--log-level",
      "info",
    ]);
    expect(JSON.parse(stderr.split("\n")[0]).msg).toBe("started");
    expect(stdout.toString()).toMatch(/^0\t[0-9a-f]{8}\n$/);
  });
});

describe("JSON", () => {
  const json = (...argv: string[]) => JSON.parse(emu(argv).stdout.toString());

  test("of conform", () => {
    const report = json("conform", passing, failing, text, "--json");
    expect(report).toMatchObject({ passed: 1, failed: 1, errors: 1, skipped: 0 });
    expect(Object.keys(report)).toEqual(["tests", "passed", "failed", "errors", "skipped"]);
    expect(Object.keys(report.tests[0])).toEqual([
      "rom",
      "protocol",
      "verdict",
      "detail",
      "frames",
      "milliseconds",
    ]);
    expect(report.tests.map((one: { verdict: string }) => one.verdict)).toEqual(["pass", "fail", "error"]);
  });

  test("of conform is the same on one thread and on several, and its shards add up", () => {
    const roms = ["a", "b", "c", "d", "e"].map((name, i) => file(`${name}.nes`, result(i % 2)));
    const verdicts = (...argv: string[]) =>
      json("conform", ...roms, "--json", ...argv).tests.map(({ rom, verdict }: Record<string, string>) => [
        rom,
        verdict,
      ]);
    const all = verdicts("--jobs", "1");
    expect(all).toHaveLength(5);
    expect(verdicts("--jobs", "3")).toEqual(all);
    const times = file("times.json", emu(["conform", ...roms, "--json"]).stdout.toString());
    const shards = ["1/2", "2/2"].map((shard) => {
      const { stdout } = emu(["conform", ...roms, "--json", "--shard", shard, "--times", times]);
      return file(`shard-${shard[0]}.json`, stdout.toString());
    });
    const junit = join(folder, "merged.xml");
    const merged = json("conform", "merge", ...shards, "--json", "--junit", junit);
    expect(merged.tests.map(({ rom, verdict }: Record<string, string>) => [rom, verdict])).toEqual(all);
    expect(Object.keys(merged)).toEqual(["tests", "passed", "failed", "errors", "skipped"]);
    expect(readFileSync(junit, "utf8").match(/<testcase/g)).toHaveLength(5);
    const missing = emu(["conform", "merge", shards[1]!]);
    expect([missing.exitCode, missing.stderr]).toEqual([
      65,
      "emu: shard 1 of 2 is missing (a run is complete only with the reports of all shards)\n",
    ]);
  });

  test("of bench", () => {
    const { rom, frames, fps } = json("bench", still, "--frames", "3", "--json");
    expect({ rom, frames }).toEqual({ rom: still, frames: 3 });
    expect(fps.best).toBeGreaterThanOrEqual(fps.median);
    expect(fps.median).toBeGreaterThan(0);
  });

  test("of doctor", () => {
    const doctor = json("doctor", "--json");
    for (const key of ["runtime", "realtime", "terminal", "audio"]) expect(doctor).toHaveProperty(key);
    for (const backend of doctor.runtime.backends) {
      expect(Object.keys(backend)).toEqual(["name", "available", "reason"]);
    }
  });
});

describe("conform's other reports", () => {
  test.each(["--html", "--junit", "--tap", "--pictures"])(
    "%s to an unwritable path is an error",
    (option) => {
      const { exitCode, stderr } = emu(["conform", failing, option, join(passing, "below")]);
      expect(stderr).toContain("cannot be written");
      expect(exitCode).toBe(74);
    },
  );

  test.skipIf(isWindows)("a manifest can come from a pipe, but not from a FIFO", () => {
    const manifest = JSON.stringify([{ rom: passing, protocol: "blargg-6000" }]);
    const script = 'printf %s "$1" | "$2" src/cli/main.ts conform /dev/stdin';
    expect(Bun.spawnSync(["sh", "-c", script, "sh", manifest, process.execPath]).exitCode).toBe(0);
    const pipe = join(folder, "pipe");
    Bun.spawnSync(["mkfifo", pipe]);
    const { exitCode, stderr } = emu(["conform", pipe]);
    expect(exitCode).toBe(74);
    expect(stderr).toContain("is a pipe, not a file");
  });

  test("JUnit and HTML reports have the last picture", () => {
    const html = join(folder, "html");
    const junit = join(folder, "junit.xml");
    expect(emu(["conform", passing, text, "--junit", junit, "--html", html]).exitCode).toBe(1);
    expect(readdirSync(html)).toEqual(["index.html"]);
    expect(readdirSync(folder)).toContain("junit.xml");
  });

  test("a folder means the ROMs in it; an empty folder is an error", () => {
    const roms = mkdtempSync(join(folder, "roms-"));
    expect(emu(["conform", roms]).exitCode).toBe(65);
    writeFileSync(join(roms, "one.nes"), result(0));
    writeFileSync(join(roms, "notes.txt"), "not looked at");
    expect(emu(["conform", roms]).stdout.toString()).toEndWith("1 passed, 0 failed, 0 errors, 0 skipped\n");
  });
});
