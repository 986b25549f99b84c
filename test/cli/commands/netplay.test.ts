import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { emu } from "../../support/cli.ts";
import { DatagramProxy } from "../../support/datagram-proxy.ts";
import { MAIN, NETPLAY_TOKEN, NetplayProcess } from "../../support/netplay-processes.ts";
import { HAS_PTY, leftovers, NOTHING_LEFT, Pty } from "../../support/pty.ts";
import { ROMS } from "../../support/serve.ts";
import { twoPlayerRom } from "../../support/two-player-rom.ts";

const folder = mkdtempSync(join(tmpdir(), "emu-netplay-cli-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const rom = join(folder, "two.nes");
writeFileSync(rom, twoPlayerRom());
const TOKEN = ["--token", "0123456789abcdef"];
const X = 120;

describe("exit codes", () => {
  test.each([
    [2, ["host", rom, "--bind", "nonsense"]],
    [2, ["host", rom, "--players", "5"]],
    [2, ["host", rom, "--token", "short"]],
    [2, ["host", rom, "--port2", "zapper"]],
    [2, ["host", rom, "--four-score"]],
    [2, ["host", rom, "--spectators", "nonsense"]],
    [2, ["host", rom, "--tls-cert", "cert.pem"]],
    [2, ["join", "127.0.0.1:6503", rom]],
    [2, ["join", "127.0.0.1", rom, ...TOKEN]],
    [2, ["join", "127.0.0.1:6503", rom, ...TOKEN, "--watch", "--player", "2"]],
    [66, ["join", "127.0.0.1:6503", join(folder, "nothing.nes"), ...TOKEN]],
    [69, ["join", "127.0.0.1:6503", rom, ...TOKEN]],
  ])("%i for emu %p", (code, argv) => {
    const { exitCode, stderr } = emu(argv);
    expect({ exitCode, stderr }).toMatchObject({ exitCode: code });
    expect(stderr).toMatch(/^emu: [^\n]+\n$/);
  });
});

test.each([
  [["host", rom], 0, []],
  [["host"], 8, ["zapper"]],
  [["host"], 34, ["battle-box"]],
  [["join", "127.0.0.1:6503"], 43, ["snes-pad"]],
])(
  "emu %p tells of devices that the header %i names and games over the network lack",
  (argv, device, lost) => {
    const image = twoPlayerRom();
    image.set([(image[7]! & ~0x0c) | 0x08, 0, 0, 0, 0, 0, 0, 0, device], 7);
    const game = join(folder, `device-${device}.nes`);
    writeFileSync(game, image);
    const { stderr } = emu([...argv.filter((word) => word !== rom), game, ...TOKEN]);
    const warnings = stderr.split("\n").filter((line) => line.includes("controllers only"));
    const text = (name: string) => `no ${name}: games over the network have controllers only`;
    expect(warnings.map((line) => line.slice(line.indexOf(": no ") + 2))).toEqual(lost.map(text));
  },
);

test.skipIf(!HAS_PTY)(
  "emu join says that it waits for a host that does not answer",
  async () => {
    const silent = await Bun.udpSocket({ hostname: "127.0.0.1" });
    const address = `127.0.0.1:${silent.port}`;
    const argv = ["join", address, "swingby", "--token", NETPLAY_TOKEN];
    await using pty = new Pty([process.execPath, MAIN, ...argv]);
    await pty.waitFor(`emu: waiting for an answer from ${address}`);
    pty.type("\x03");
    expect(await pty.end()).toBe(130);
    silent.close();
  },
  60_000,
);

describe.skipIf(!HAS_PTY)("two players", () => {
  test("play over a bad link, one comes back, and both agree", async () => {
    await using host = await NetplayProcess.host(rom);
    await using proxy = await DatagramProxy.open(host.port, {
      roundTripMs: 40,
      jitterMs: 20,
      lossPercent: 5,
    });
    await using first = NetplayProcess.join(rom, proxy.port);
    await Promise.all([host.playing(1), first.playing(2)]);
    for (const side of [host, first]) side.button(X, true);

    // What would change the game of one player alone is refused, and the game goes on.
    host.pty.type("\x1b[114;5u");
    await host.pty.waitFor("not possible in a game that is played with others");

    expect(await first.quit()).toBe(0);
    await host.pty.waitFor("player 2 has left");
    expect(leftovers(first.pty.output)).toEqual(NOTHING_LEFT);

    // Another process: it gets the state.
    await using again = NetplayProcess.join(rom, proxy.port);
    await again.playing(2);
    const watch = ["watch", `127.0.0.1:${host.port}`, "--token", NETPLAY_TOKEN];
    await using viewer = new Pty([process.execPath, MAIN, ...watch]);
    // The test program shows one colour at a time.
    const hasPicture = () => /\[48;2;(?!0;0;0m)/.test(viewer.output);
    await viewer.waitUntil(hasPicture, "picture");
    await using spectator = NetplayProcess.join(rom, proxy.port, "--watch");
    await spectator.pty.waitUntil(() => /watching {2}\d+ ms/.test(spectator.pty.output), "the game");
    const from = again.pty.output.length;
    await again.pty.waitUntil(
      () => again.pty.output.slice(from).split("fps").length > 3,
      "three seconds of play",
    );
    expect(await host.quit()).toBe(0);
    expect(await again.pty.end()).toBe(69);
    expect(again.pty.output).toContain("the host has ended the game");
    expect(await spectator.pty.end()).toBe(69);
    expect(await viewer.end()).toBe(69);
    expect(viewer.output).toContain("the server closed the connection");
    expect(leftovers(viewer.output)).toEqual(NOTHING_LEFT);
    for (const side of [host, again, spectator]) {
      const { frames, netplay } = side.report();
      expect(frames).toBeGreaterThan(0);
      expect(netplay.lastEqualFrame).toBeGreaterThan(0);
      expect(leftovers(side.pty.output)).toEqual(NOTHING_LEFT);
    }
  });

  test("a wrong ROM is refused by its reason", async () => {
    await using host = await NetplayProcess.host(rom);
    await using other = NetplayProcess.join(join(ROMS, "swingby.nes"), host.port);
    expect(await other.pty.end()).toBe(69);
    expect(other.pty.output).toContain(`127.0.0.1:${host.port}: the host plays another ROM`);
  });
});
