import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { emu } from "../../support/cli.ts";
import { corePath, wonderSwanRom } from "../../support/console-roms.ts";
import { coreProcessOf } from "../../support/core-process.ts";
import { HAS_PTY, leftovers, NOTHING_LEFT, Pty } from "../../support/pty.ts";
import { buildRom } from "../../support/rom-builder.ts";
import { RawPeer, ROMS, RpcPeer } from "../../support/serve.ts";
import { ServedProcess } from "../../support/served-process.ts";

const folder = mkdtempSync(join(tmpdir(), "emu-serve-cli-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const game = join(ROMS, "swingby.nes");
const blank = join(folder, "blank");
writeFileSync(blank, " \n\n");
const devNull = process.platform === "win32" ? "NUL" : "/dev/null";

describe("exit codes", () => {
  test.each([
    [2, ["serve"]],
    [2, ["serve", game, "--listen", "nonsense"]],
    [2, ["serve", game, "--listen", "0.0.0.0:0"]],
    [2, ["serve", game, "--http", "0.0.0.0:0"]],
    [2, ["serve", game, "--listen", "0.0.0.0:0", "--token", ""]],
    [2, ["serve", game, "--listen", "0.0.0.0:0", "--token", "fifteen letters"]],
    [2, ["serve", game, "--listen", "0.0.0.0:0", "--token-file", blank]],
    [2, ["serve", game, "--listen", "127.0.0.1:0", "--token-file", blank]],
    [2, ["serve", game, "--listen", "0.0.0.0:0", "--token-file", devNull]],
    [2, ["serve", game, "--token", "0123456789abcdef", "--token-file", blank]],
    [2, ["mcp", "--token", "0123456789abcdef", "--token-file", blank]],
    [2, ["host", game, "--token", "0123456789abcdef", "--token-file", blank]],
    [2, ["debug", game, "--token", "0123456789abcdef", "--token-file", blank]],
    [2, ["debug", game, "--token-file", blank]],
    [2, ["watch", "127.0.0.1:1", "--token-file", blank]],
    [66, ["watch", "127.0.0.1:1", "--token-file", join(folder, "nothing")]],
    [2, ["serve", game, "--tls-cert", blank]],
    [2, ["watch", "tls://127.0.0.1:1", "--tls-fingerprint", "AB:CD"]],
    [2, ["watch", "127.0.0.1:1", "--tls-fingerprint", "AB:CD"]],
    [65, ["serve", game, "--tls-cert", blank, "--tls-key", blank]],
    [66, ["serve", join(folder, "nothing.nes")]],
    [66, ["serve", game, "--root", join(folder, "nothing")]],
    [66, ["serve", game, "--root", game]],
    [66, ["serve", game, "--token-file", join(folder, "nothing")]],
    [69, ["serve", game, "--listen", "192.0.2.1:1", "--token", "0123456789abcdef"]],
  ])("%i for emu %p", (code, argv) => {
    const { exitCode, stdout, stderr } = emu(argv);
    expect({ exitCode, stderr }).toMatchObject({ exitCode: code });
    expect(stdout.toString()).toBe("");
  });
});

const wonderSwan = corePath("mednafen_wswan");
test.skipIf(wonderSwan === undefined)(
  "a core that is killed ends the server with code 69 and its name (libretro-beetle-wswan)",
  async () => {
    const rom = join(folder, "game.ws");
    writeFileSync(rom, wonderSwanRom());
    const served = await ServedProcess.start([rom, "--listen", "127.0.0.1:0"]);
    process.kill(coreProcessOf(served.process.pid), "SIGKILL");
    expect(await served.process.exited).toBe(69);
    const stderr = await new Response(served.process.stderr).text();
    expect(stderr).toBe(`emu: ${wonderSwan}: Mednafen WonderSwan has crashed (SIGKILL)\n`);
  },
);

test.skipIf(process.platform === "win32")("serves until a signal ends it", async () => {
  const unix = join(folder, "emu.sock");
  const served = await ServedProcess.start([game, "--unix", unix, "--http", "127.0.0.1:0", "--paused"]);
  expect(served.addresses).toEqual({ unix, http: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/$/) });
  const peer = new RpcPeer(await RawPeer.connect({ unix }));
  expect(await peer.call("run", { frames: 3 })).toEqual({ frame: 3 });
  expect((await fetch(served.addresses.http!)).status).toBe(200);
  served.process.kill("SIGTERM");
  expect(await served.process.exited).toBe(130);
  expect(await peer.raw.line()).toBeUndefined();
  expect(await new Response(served.process.stderr).text()).toBe("");
});

describe.skipIf(!HAS_PTY)("emu watch in a terminal", () => {
  test.each([
    ["256", /[34]8;5;/, /[34]8;2;/],
    ["16", /\[[\d;]*(9|10)\dm/, /[34]8;[25];/],
  ])("--colors %s uses those only", async (colors, used, unused) => {
    const served = await ServedProcess.start([game, "--listen", "127.0.0.1:0"]);
    const main = join(import.meta.dir, "../../../src/cli/main.ts");
    const argv = ["watch", `127.0.0.1:${served.port}`, "--colors", colors];
    await using pty = new Pty([process.execPath, main, ...argv]);
    await pty.waitFor("▀");
    pty.type("\x1b");
    expect(await pty.end()).toBe(0);
    expect(pty.output).toMatch(used);
    expect(pty.output.replaceAll("48;2;1;2;3m", "")).not.toMatch(unused);
    served.process.kill();
    await served.process.exited;
  });

  test("shows the game, presses buttons, and restores the terminal", async () => {
    const served = await ServedProcess.start([game, "--listen", "127.0.0.1:0", "--players", "1"]);
    const main = join(import.meta.dir, "../../../src/cli/main.ts");
    await using pty = new Pty([process.execPath, main, "watch", `127.0.0.1:${served.port}`, "--play"]);
    await pty.waitFor("▀");
    const rpc = new RpcPeer(await RawPeer.connect({ port: served.port }));
    // The title screen waits for A; then the picture changes.
    await rpc.call("run", { frames: 60 });
    await rpc.call("resume");
    const before = pty.output.length;
    pty.type("x");
    await pty.waitUntil(() => pty.output.length > before + 500, "new picture");
    pty.type("\x1b");
    expect(await pty.end()).toBe(0);
    expect(leftovers(pty.output)).toEqual(NOTHING_LEFT);
    expect(pty.modes).toEqual(pty.modesBefore);
    served.process.kill();
    await served.process.exited;
  });

  test("exits with 69 when the server ends or does not exist", async () => {
    const served = await ServedProcess.start([game, "--listen", "127.0.0.1:0"]);
    const main = join(import.meta.dir, "../../../src/cli/main.ts");
    const address = `127.0.0.1:${served.port}`;
    await using pty = new Pty([process.execPath, main, "watch", address]);
    await pty.waitFor("▀");
    served.process.kill("SIGKILL");
    expect(await pty.end()).toBe(69);
    expect(leftovers(pty.output)).toEqual(NOTHING_LEFT);
    expect(pty.output).toContain("the server closed the connection");
    await using late = new Pty([process.execPath, main, "watch", address]);
    expect(await late.end()).toBe(74);
  });
});

test.skipIf(process.platform === "win32")(
  "saves before it reports an error that nothing caught",
  async () => {
    const preload = join(folder, "reject.ts");
    writeFileSync(
      preload,
      'process.on("SIGUSR2", () => { Promise.reject(new Error("nobody caught this")); });',
    );
    const rom = join(folder, "battery.nes");
    const save = join(folder, "battery.sav");
    writeFileSync(rom, buildRom({ flags6: 2 }));
    const argv = [rom, "--listen", "127.0.0.1:0", "--paused", "--save", save, "--save-every", "86400000"];
    const served = await ServedProcess.start(argv, { BUN_OPTIONS: `--preload=${preload}` });
    const peer = new RpcPeer(await RawPeer.connect({ port: served.port }));
    await peer.call("poke", { address: 0x6000, value: 0x5a });
    served.process.kill("SIGUSR2");
    expect(await served.process.exited).toBe(70);
    const stderr = await new Response(served.process.stderr).text();
    expect(stderr).toContain("emu: this is a bug in emu");
    expect(stderr).toContain("nobody caught this");
    expect(readFileSync(save)[0]).toBe(0x5a);
  },
);

test("load returns and prints why a game may not run correctly", async () => {
  const rom = join(folder, "doubtful.nes");
  writeFileSync(rom, buildRom({ nes2: true, mapper: 12, submapper: 15 }));
  const served = await ServedProcess.start([game, "--listen", "127.0.0.1:0", "--root", folder, "--paused"]);
  const peer = new RpcPeer(await RawPeer.connect({ port: served.port }));
  const warning = "submapper 15 of mapper 12 is not known: it runs as submapper 0";
  expect(await peer.call("load", { path: "doubtful.nes" })).toMatchObject({ warnings: [warning] });
  served.process.kill("SIGTERM");
  await served.process.exited;
  expect(await new Response(served.process.stderr).text()).toBe(`emu: warning: doubtful.nes: ${warning}\n`);
});
