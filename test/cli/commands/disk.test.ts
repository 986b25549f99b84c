import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadRom } from "../../../src/io/files/roms/rom-file.ts";
import { EmuClient } from "../../../src/io/thread/emu-client.ts";
import { nesSource } from "../../../src/io/thread/nes-source.ts";
import { emu } from "../../support/cli.ts";
import { buildDisk, buildDiskSide } from "../../support/disk-builder.ts";
import { inputErrorFrom } from "../../support/input-errors.ts";

const folder = mkdtempSync(join(tmpdir(), "emu-disk-"));
const game = join(folder, "game.fds");
const bios = join(folder, "bios.rom");
afterAll(() => rmSync(folder, { recursive: true, force: true }));

beforeAll(() => {
  writeFileSync(game, buildDisk([buildDiskSide({}, 0), buildDiskSide({}, 1)]));
  // Reads byte 22 of the first block, the number of the side, and makes it the backdrop's colour.
  const contents = new Uint8Array(8192).fill(0xea);
  contents.set([
    ...[0x78, 0xa2, 0xff, 0x9a, 0xa9, 0x40, 0x8d, 0x17, 0x40], // SEI; LDX #$FF; TXS; no interrupts
    ...[0xa9, 0x83, 0x8d, 0x23, 0x40], // LDA #$83; STA $4023
    ...[0xa9, 0x25, 0x8d, 0x25, 0x40], // LDA #$25; STA $4025: motor on
    ...[0xad, 0x32, 0x40, 0x29, 0x02, 0xd0, 0xf9], // LDA $4032; AND #2; BNE: until it turns
    ...[0xa9, 0x65, 0x8d, 0x25, 0x40], // LDA #$65; STA $4025: transfer
    ...[0xa2, 22], // LDX #22
    ...[0xad, 0x30, 0x40, 0x29, 0x02, 0xf0, 0xf9], // next: LDA $4030; AND #2; BEQ next
    ...[0xad, 0x31, 0x40, 0xca, 0xd0, 0xf3], // LDA $4031; DEX; BNE next
    ...[0x85, 0x10], // STA $10
    ...[0xa9, 0x3f, 0x8d, 0x06, 0x20, 0xa9, 0x00, 0x8d, 0x06, 0x20], // $2006: $3F00
    ...[0xa5, 0x10, 0x09, 0x10, 0x8d, 0x07, 0x20], // LDA $10; ORA #$10; STA $2007
    ...[0xa9, 0x00, 0x8d, 0x06, 0x20, 0x8d, 0x06, 0x20, 0x18, 0x90, 0xfd], // $2006: 0; wait for ever
  ]);
  contents.set([0x00, 0xe0, 0x00, 0xe0, 0x00, 0xe0], 0x1ffa);
  writeFileSync(bios, contents);
});

/** CRC-32 of a frame of one colour, as `--format hash` prints it. */
function hashOf(colour: number): string {
  const pixels = new Uint16Array(256 * 240).fill(colour);
  return Bun.hash.crc32(pixels).toString(16).padStart(8, "0");
}

describe("emu dump of a disk", () => {
  const dump = (...options: string[]) =>
    emu(["dump", game, "--frames", "40", "--from", "39", "--format", "hash", ...options]);

  test.each([
    [[], 0x10],
    [["--disk-side", "2"], 0x11],
  ])("starts with the side that %p selects", (options, colour) => {
    const { exitCode, stdout } = dump("--fds-bios", bios, ...options);
    expect([exitCode, stdout.toString()]).toEqual([0, `39\t${hashOf(colour)}\n`]);
  });

  test("a missing side or BIOS is an error", () => {
    const side = dump("--fds-bios", bios, "--disk-side", "3");
    expect([side.exitCode, side.stderr]).toEqual([2, "emu: the disk has 2 sides, there is no side 3\n"]);
    expect(dump().exitCode).toBe(66);
    expect(dump("--fds-bios", game).exitCode).toBe(65);
  });
});

test("commands to the machine thread change disks", async () => {
  const { image } = await loadRom(game, { fdsBios: bios });
  const client = await EmuClient.start({ machine: nesSource(image), startPaused: true, warmUpFrames: 10 });
  try {
    expect(await client.changeDisk("next")).toEqual({ side: 1, sideCount: 2 });
    expect(await client.changeDisk("next")).toEqual({ side: 0, sideCount: 2 });
    expect(await client.changeDisk("none")).toEqual({ side: -1, sideCount: 2 });
    expect(await client.changeDisk(1)).toEqual({ side: 1, sideCount: 2 });
    await client.step(70);
    await client.reset("reset");
    await client.step(40);
    expect([...(await client.peek("cpu", 0x10, 1))]).toEqual([1]);
    expect((await inputErrorFrom(client.changeDisk(7))).kind).toBe("usage");
  } finally {
    await client.stop();
  }
}, 60_000);
