import { afterAll, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decode } from "fast-png";
import { emu } from "../support/cli.ts";
import { ServedProcess } from "../support/served-process.ts";

setDefaultTimeout(60_000);

const folder = mkdtempSync(join(tmpdir(), "emu-palette-"));
const flat = join(folder, "flat.pal");
const bad = join(folder, "bad.pal");
writeFileSync(
  flat,
  new Uint8Array(192).map((_, at) => [0x12, 0x34, 0x56][at % 3]!),
);
writeFileSync(bad, new Uint8Array(100));
afterAll(() => rmSync(folder, { recursive: true }));

test.each([
  ["serve", "roms/swingby.nes"],
  ["debug", "roms/swingby.nes"],
  ["mcp", "roms/swingby.nes"],
  ["watch", "127.0.0.1:6502"],
  ["dump", "roms/swingby.nes"],
])("%s rejects a bad palette before it begins", (command, argument) => {
  const { exitCode, stderr } = emu([command, argument, "--palette", bad]);
  expect(stderr).toContain("a palette has 192 or 1536 bytes, not 100");
  expect(exitCode).toBe(65);
});

test("serve: pictures have the palette's colours", async () => {
  const served = await ServedProcess.start([
    ...["roms/swingby.nes", "--listen", "127.0.0.1:0", "--paused"],
    ...["--palette", flat],
  ]);
  try {
    const { promise, resolve } = Promise.withResolvers<string>();
    let text = "";
    const socket = await Bun.connect({
      hostname: "127.0.0.1",
      port: served.port,
      socket: {
        data: (_, data) => {
          text += data.toString();
          if (text.includes('"id":2') && text.endsWith("\n")) resolve(text);
        },
      },
    });
    const call = (id: number, method: string, params: object): string =>
      `${JSON.stringify({ jsonrpc: "2.0", id, method, params })}\n`;
    socket.write(call(1, "run", { frames: 60 }) + call(2, "frame", { format: "png" }));
    const answer = (await promise).split("\n").find((line) => line.includes('"id":2'))!;
    const { png } = JSON.parse(answer).result;
    const { data, channels, palette } = decode(Buffer.from(png, "base64"));
    const colors = palette === undefined ? [...data.subarray(0, channels)] : palette[data[0]!]!;
    expect(colors.slice(0, 3)).toEqual([0x12, 0x34, 0x56]);
    socket.end();
  } finally {
    served.process.kill();
    await served.process.exited;
  }
});
