import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { emu } from "../../support/cli.ts";
import { RawPeer, ROMS, RpcPeer } from "../../support/serve.ts";
import { ServedProcess } from "../../support/served-process.ts";

const folder = mkdtempSync(join(tmpdir(), "emu-serve-cli-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const game = join(ROMS, "swingby.nes");

describe("exit codes", () => {
  test.each([
    [2, ["serve"]],
    [2, ["serve", game, "--listen", "nonsense"]],
    [2, ["serve", game, "--listen", "0.0.0.0:0"]],
    [2, ["serve", game, "--http", "0.0.0.0:0"]],
    [66, ["serve", join(folder, "nothing.nes")]],
    [66, ["serve", game, "--token-file", join(folder, "nothing")]],
    [74, ["serve", game, "--listen", "192.0.2.1:1", "--token", "x"]],
  ])("%i for emu %p", (code, argv) => {
    const { exitCode, stdout, stderr } = emu(argv);
    expect({ exitCode, stderr }).toMatchObject({ exitCode: code });
    expect(stdout.toString()).toBe("");
  });
});

test.skipIf(process.platform === "win32")("serves until it is told to end", async () => {
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
