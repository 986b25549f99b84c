import { afterAll, describe, expect, test } from "bun:test";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { emu } from "../../support/cli.ts";
import { TestClient } from "../../support/dap.ts";
import { LIBRARY_ROM } from "../../support/library-game.ts";
import { WebPeer } from "../../support/web-debugger.ts";

const folder = mkdtempSync(join(tmpdir(), "emu-debug-cli-"));
const program = join(folder, "game.nes");
await Bun.write(program, LIBRARY_ROM);
afterAll(() => rmSync(folder, { recursive: true }));

const ROMS = join(import.meta.dir, "../../../roms");
const MAIN = join(import.meta.dir, "../../../src/cli/main.ts");

describe("emu debug --dap", () => {
  test("serves one client on standard input and output, and ends with it", async () => {
    const child = spawn(process.execPath, [MAIN, "debug", "--dap"], { stdio: ["pipe", "pipe", "inherit"] });
    const exited = new Promise<number | null>((done) => child.on("exit", done));
    const client = new TestClient();
    client.attachTo(child.stdout, child.stdin);
    await client.initializeRequest();
    await client.stopAfter(() => client.launchGame({ program, stopOnEntry: true }));
    await client.stopAfter(() => client.repl("ahead frame"));
    expect(await client.repl("frame")).toBe("1 ($01)");
    await client.disconnectRequest();
    expect(await exited).toBe(0);
  });

  test("ends when its input ends, also while the game runs", async () => {
    const child = spawn(process.execPath, [MAIN, "debug", program, "--dap"], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    const exited = new Promise<number | null>((done) => child.on("exit", done));
    const client = new TestClient();
    client.attachTo(child.stdout, child.stdin);
    await client.initializeRequest();
    await client.launchGame({});
    child.stdin.end();
    expect(await exited).toBe(0);
  });
});

describe("emu debug", () => {
  test.each<[argv: readonly string[], error: string]>([
    [[], "emu: debug: name a game, or choose --dap for an editor (emu debug game.nes)"],
    [["--dap", "--http", "127.0.0.1:0"], "emu: debug: --http is for the page"],
    [["--dap-listen", "127.0.0.1:0", "--no-open"], "emu: debug: --no-open is for the page"],
    [
      ["game.nes", "--http", "0.0.0.0:0"],
      "emu: --http: other computers can reach 0.0.0.0, so a token is required (add --token, or use 127.0.0.1)",
    ],
    [
      ["--dap", "--dap-listen", "127.0.0.1:0"],
      "emu: debug: choose one: --dap or --dap-listen (--dap is for editors)",
    ],
    [["--dap", "--token", "a"], "emu: --token is not for --dap (remove --token)"],
    [["--dap-listen", "0.0.0.0:0"], "emu: --dap-listen: 0.0.0.0 is open to other computers (add --token)"],
    [["--dap-listen", "here"], 'emu: --dap-listen: "here" is not HOST:PORT (such as 127.0.0.1:6502)'],
    [
      ["--dap-listen", "127.0.0.1:0", "--token", "short"],
      "emu: --token: the token has 5 characters; 16 to 1024 characters are needed (make one: openssl rand -hex 16 > token)",
    ],
  ])("rejects %j", (argv, error) => {
    const { exitCode, stderr } = emu(["debug", ...argv]);
    expect([exitCode, stderr.toString().trim()]).toEqual([2, error]);
  });
});

test("emu debug prints the address of its page, and ends when it is interrupted", async () => {
  const child = Bun.spawn([process.execPath, MAIN, "debug", program, "--no-open"], { stderr: "inherit" });
  const { value } = await child.stdout.getReader().read();
  const [, url, token] = /^debugger: (http:\/\/127\.0\.0\.1:\d+\/)#token=([\da-f]{32})\n$/.exec(
    new TextDecoder().decode(value),
  )!;
  expect(await (await fetch(url!)).text()).toStartWith("<!doctype html>");
  const page = await WebPeer.open(url!);
  expect(await page.call("auth", { token, page: "cli" })).toMatchObject({ name: "game.nes" });
  child.kill("SIGTERM");
  expect(await child.exited).toBe(130);
});

test("emu debug --dap rejects what is not its protocol", () => {
  const child = Bun.spawnSync([process.execPath, MAIN, "debug", "--dap"], {
    stdin: new TextEncoder().encode("garbage"),
  });
  expect([child.exitCode, child.stdout.toString(), child.stderr.toString()]).toEqual([
    65,
    "",
    "emu: standard input: this is not the Debug Adapter Protocol\n",
  ]);
});

describe("emu debug --dap-listen", () => {
  const other = join(folder, "game.gb");
  writeFileSync(other, new Uint8Array(0x8000));

  test.each<[rom: string, exitCode: number]>([
    [join(folder, "nosuch.nes"), 66],
    [other, 65],
  ])("ends at once if it cannot load %s", (rom, exitCode) => {
    const result = emu(["debug", rom, "--dap-listen", "127.0.0.1:0"]);
    expect([result.exitCode, result.stdout.toString()]).toEqual([exitCode, ""]);
    expect(result.stderr).toContain(rom);
    const page = emu(["debug", rom, "--no-open"]);
    expect([page.exitCode, page.stdout.toString()]).toEqual([exitCode, ""]);
  });
});

test.each<[argv: readonly string[], option: string]>([
  [["debug"], "--dap-listen"],
  [["mcp"], "--http"],
  [["serve", join(ROMS, "swingby.nes")], "--listen"],
  [["serve", join(ROMS, "swingby.nes")], "--http"],
])("emu %j names a port that is in use", (argv, option) => {
  const taken = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data: () => undefined } });
  const address = `127.0.0.1:${taken.port}`;
  const { exitCode, stderr } = emu([...argv, option, address]);
  taken.stop(true);
  const text = `emu: ${option} ${address}: the port is in use (choose another port, or 0 for any free one)\n`;
  expect([exitCode, stderr.toString()]).toEqual([69, text]);
});
