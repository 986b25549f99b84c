import { afterAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { HAS_PTY, Pty } from "../support/pty.ts";
import { RawPeer, ROMS, RpcPeer } from "../support/serve.ts";
import { ServedProcess } from "../support/served-process.ts";

setDefaultTimeout(60_000);

const root = mkdtempSync(join(tmpdir(), "emu-log-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const MAIN = join(import.meta.dir, "../../src/cli/main.ts");
const TOKEN = "0123456789abcdef";

interface Line {
  readonly level: number;
  readonly scope: string;
  readonly msg: string;
  readonly [field: string]: unknown;
}

/** Reads a log of JSON lines. Every line must name its scope once and have a message. */
function readLog(path: string): Line[] {
  const texts = readFileSync(path, "utf8").trimEnd().split("\n");
  for (const text of texts) expect(text.match(/"scope":/g)).toHaveLength(1);
  const lines: Line[] = texts.map((text) => JSON.parse(text));
  for (const { level, msg } of lines) expect([level >= 20, msg.length > 0]).toEqual([true, true]);
  return lines;
}

/** Finds the first line of a scope with this message. */
function find(lines: readonly Line[], scope: string, msg: string): Line {
  const line = lines.find((each) => each.scope === scope && each.msg === msg);
  if (line === undefined) throw new Error(`no line "${scope}: ${msg}" in ${JSON.stringify(lines, null, 1)}`);
  return line;
}

describe.skipIf(!HAS_PTY)("the debug log of emu run", () => {
  test("describes a whole session, only in the file", async () => {
    const log = join(root, "run.log");
    const config = join(root, "config.toml");
    writeFileSync(config, '[picture]\nscale = "integer"\n');
    const argv = ["run", "--frames", "60", "--config", config, "--log-level", "debug", "--log-file", log];
    const env = { XDG_DATA_HOME: root, XDG_CONFIG_HOME: root };
    await using pty = new Pty(["bun", MAIN, ...argv], { answers: "\x1b[?62;4;22c", env });
    expect(await pty.end()).toBe(0);
    expect(pty.output).not.toContain('"scope"');

    const lines = readLog(log);
    expect(find(lines, "cli", "started").argv).toEqual(argv);
    expect(find(lines, "files", "config read")).toMatchObject({
      path: config,
      changed: { scale: "integer" },
    });
    expect(find(lines, "files", "ROM read")).toMatchObject({ path: "swingby.nes", mapper: 0 });
    expect(find(lines, "renderer", "the terminal has answered")).toMatchObject({
      answers: true,
      sixel: true,
    });
    expect(find(lines, "renderer", "renderer chosen")).toMatchObject({
      renderer: "sixel",
      reason: "the terminal shows sixels",
      wanted: "auto",
      window: { columns: 80, rows: 24 },
    });
    expect(find(lines, "renderer", "encoder made")).toMatchObject({ renderer: "sixel", isShown: true });
    expect(find(lines, "thread", "the machine is ready").warmUp).toMatchObject({ frames: 24 });
    const { steps } = find(lines, "thread", "the thread's priority") as Line & { steps: { name: string }[] };
    expect(steps.map(({ name }) => name)).toContain("fifo");
    // Any sound system may be installed. The log has the reason for each one that was tried and not used.
    const { sink } = find(lines, "audio", "sound system chosen");
    const refused = lines.filter(({ msg }) => msg === "sound system not opened");
    for (const { scope, reason } of refused) expect([scope, reason === ""]).toEqual(["audio", false]);
    // On a busy computer the game may end before all were tried.
    const inOrder = ["pulse", "alsa", "miniaudio", "pipe"].slice(0, refused.length);
    if (sink === "none") expect(refused.map(({ system }) => system)).toEqual(inOrder);
    const end = find(lines, "thread", "the machine thread has stopped");
    expect(end.frames).toBe(60);
    expect(end.missed).toEqual(expect.any(Number));
    expect(find(lines, "cli", "the game has ended")).toMatchObject({ end: "frames", renderer: "sixel" });
    // One line per frame would be 60 lines per second.
    expect(lines.length).toBeLessThan(40);
  });

  test("is held back until the game ends if it goes to the terminal", async () => {
    await using pty = new Pty(["bun", MAIN, "run", "--frames", "20", "--log-level", "debug"]);
    expect(await pty.end()).toBe(0);
    const first = pty.output.indexOf('"scope":"renderer"');
    expect(first).toBeGreaterThan(pty.output.lastIndexOf("\x1b[?1049l"));
  });
});

describe.skipIf(process.platform === "win32")("the debug log of emu serve", () => {
  test("has connections, rejections with their reasons, saves and the end, and no token", async () => {
    const log = join(root, "serve.log");
    const save = join(root, "game.sav");
    const argv = [join(ROMS, "swingby.nes"), "--listen", "127.0.0.1:0", "--http", "127.0.0.1:0"];
    argv.push(
      "--token",
      TOKEN,
      "--save",
      save,
      "--connections",
      "2",
      "--log-level",
      "debug",
      "--log-file",
      log,
    );
    const served = await ServedProcess.start(argv, { EMU_NO_IO_URING: "1" });
    const peer = new RpcPeer(await RawPeer.connect({ port: served.port }));
    await expect(peer.call("auth", { token: "not the token" })).rejects.toThrow();
    await peer.call("auth", { token: TOKEN });
    await peer.call("poke", { address: 0x6000, bytes: [1] });
    const other = await RawPeer.connect({ port: served.port });
    const third = await RawPeer.connect({ port: served.port });
    expect(await third.line()).toContain("all 2 connections are in use");
    other.send("GET / HTTP/1.1\r\n\r\n");
    expect(await other.line()).toBeUndefined();
    await fetch(served.addresses.http!, { headers: { host: "example.org" } });
    served.process.kill("SIGTERM");
    expect(await served.process.exited).toBe(130);

    expect(readFileSync(log, "utf8")).not.toContain(TOKEN);
    const lines = readLog(log);
    expect(find(lines, "cli", "started").argv).toContain("(secret)");
    expect(find(lines, "runtime", "backend chosen")).toMatchObject({
      backend: "bun",
      refused: expect.arrayContaining([{ name: "io_uring", reason: "EMU_NO_IO_URING is set" }]),
    });
    expect(find(lines, "serve", "serving")).toMatchObject({ needsToken: true, ...served.addresses });
    expect(find(lines, "serve", "connected")).toMatchObject({ transport: "tcp", open: 1 });
    expect(find(lines, "serve", "token rejected")).toMatchObject({ verdict: "wrong" });
    expect(find(lines, "serve", "request rejected")).toMatchObject({ reason: "wrong token" });
    expect(find(lines, "serve", "connection rejected")).toMatchObject({ connections: 2 });
    expect(find(lines, "serve", "connection ended")).toMatchObject({ reason: "it speaks TLS or HTTP" });
    expect(find(lines, "serve", "host or origin rejected")).toMatchObject({ host: "example.org" });
    expect(find(lines, "serve", "disconnected")).toMatchObject({ transport: "tcp" });
    expect(find(lines, "files", "save written")).toMatchObject({ path: save, bytes: 8192 });
    expect(find(lines, "serve", "closing")).toMatchObject({ refused: 1, ended: 1 });
    expect(find(lines, "cli", "interrupted")).toMatchObject({ exitCode: 130, level: 30 });
  });
});

describe.skipIf(!HAS_PTY)("the debug log of emu watch", () => {
  test("has the connection, the renderer and the end", async () => {
    const log = join(root, "watch.log");
    const served = await ServedProcess.start([join(ROMS, "swingby.nes"), "--listen", "127.0.0.1:0"]);
    const argv = ["watch", `127.0.0.1:${served.port}`, "--log-level", "debug", "--log-file", log];
    await using pty = new Pty([process.execPath, MAIN, ...argv]);
    await pty.waitFor("▀");
    served.process.kill("SIGKILL");
    expect(await pty.end()).toBe(69);
    const lines = readLog(log);
    expect(find(lines, "watch", "connected")).toMatchObject({ width: 256, height: 240 });
    expect(find(lines, "renderer", "renderer chosen")).toMatchObject({ renderer: "quadrant" });
    find(lines, "renderer", "encoder made");
    find(lines, "watch", "the connection has ended");
  });
});
