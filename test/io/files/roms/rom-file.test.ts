import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync, zipSync } from "fflate";
import { sha1Hex } from "../../../../src/io/files/hashes.ts";
import { loadRom } from "../../../../src/io/files/roms/rom-file.ts";
import { inputErrorFrom } from "../../../support/input-errors.ts";
import { buildRom } from "../../../support/rom-builder.ts";
import { SHARED, sharedFile } from "../../../support/shared.ts";

const folder = mkdtempSync(join(tmpdir(), "emu-rom-file-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const rom = buildRom({ mapper: 2, chrUnits: 0 });
const text = new TextEncoder().encode("read me");

function file(name: string, bytes: Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

const errorOf = (path: string) => inputErrorFrom(loadRom(path));

test("the name of a game that comes with emu stands for its ROM, of which there is no file", async () => {
  const bytes = await Bun.file(join(import.meta.dir, "../../../../roms/swingby.nes")).bytes();
  expect(await loadRom("swingby")).toMatchObject({
    fileName: "swingby.nes",
    path: "swingby",
    files: [],
    fileSha1: sha1Hex([bytes]),
    overrides: [],
  });
  expect((await errorOf("swingby#inner.nes")).kind).toBe("missing");
});

describe("files that hold a ROM", () => {
  test("plain, whatever the name", async () => {
    const loaded = await loadRom(file("plain.bin", rom));
    expect(loaded).toMatchObject({
      fileName: "plain.bin",
      container: "none",
      fileBytes: rom.length,
      fileSha1: sha1Hex([rom]),
      warnings: [],
    });
    expect(loaded.image.mapper).toBe(2);
  });

  test("gzip", async () => {
    const loaded = await loadRom(file("game.nes.gz", gzipSync(rom, { filename: "game.nes" })));
    expect(loaded).toMatchObject({ fileName: "game.nes", container: "gzip", fileSha1: sha1Hex([rom]) });
  });

  test("zip, deflated and stored, among other files", async () => {
    for (const level of [0, 9] as const) {
      const zip = zipSync({ "read.me": text, folder: { "game.dat": rom } }, { level });
      const loaded = await loadRom(file(`one-${level}.zip`, zip));
      expect(loaded).toMatchObject({ fileName: "game.dat", container: "zip", fileSha1: sha1Hex([rom]) });
    }
  });

  test("one of several in a zip", async () => {
    const other = buildRom({ mapper: 3 });
    const path = file("several.zip", zipSync({ "a.nes": rom, in: { "b.nes": other } }));
    expect((await loadRom(`${path}#a.nes`)).image.mapper).toBe(2);
    expect((await loadRom(`${path}#in/b.nes`)).image.mapper).toBe(3);
    expect((await loadRom(`${path}/in/b.nes`)).image.mapper).toBe(3);
    const error = await errorOf(path);
    expect(error.message).toBe("the zip has 2 ROMs: a.nes, in/b.nes");
    expect(error.remedy).toBe("choose one: archive.zip#name");
  });

  test("a file whose own name has a #", async () => {
    expect((await loadRom(file("c#.nes", rom))).fileName).toBe("c#.nes");
  });

  test.skipIf(SHARED === undefined)("the games among the oracles", async () => {
    const loaded = await loadRom(sharedFile("roms/games/lj65.nes"));
    expect(loaded.fileSha1).toBe("6aa612921e4cbee9027db7f740950488a3326229");
  });
});

describe("files that cannot be used", () => {
  test("missing, unreadable and special ones", async () => {
    expect(await errorOf(join(folder, "absent.nes"))).toMatchObject({ kind: "missing" });
    expect(await errorOf(join(file("plain.nes", rom), "x", "y.nes"))).toMatchObject({ kind: "data" });
    expect(await errorOf(folder)).toMatchObject({ kind: "io", message: "is a folder, not a file" });
    if (process.platform === "linux") {
      expect(await errorOf("/dev/zero")).toMatchObject({ kind: "io", message: "is a device, not a file" });
    }
  });

  /**
   * A zip with one changed field, in its only local (`L`) or central (`C`) header, or in its end record
   * (`E`).
   */
  function patched(which: "L" | "C" | "E", offset: number, value: number, isWide = false): Uint8Array {
    const zip = zipSync({ "game.nes": rom });
    const view = new DataView(zip.buffer, zip.byteOffset, zip.byteLength);
    const end = zip.length - 22;
    const start = which === "L" ? 0 : which === "E" ? end : view.getUint32(end + 16, true);
    if (isWide) view.setUint32(start + offset, value, true);
    else view.setUint16(start + offset, value, true);
    return zip;
  }

  /** The same with the value that zip64 puts into a 32-bit field. */
  const patched32 = (which: "C" | "E", offset: number) => patched(which, offset, 0xffffffff, true);

  const bomb = () => zipSync({ "game.nes": concat(rom, new Uint8Array(40 << 20)) });
  const many = () => zipSync(Object.fromEntries(Array.from({ length: 1100 }, (_, n) => [`${n}.txt`, text])));

  test.each<[string, () => Uint8Array, string]>([
    ["empty.nes", () => new Uint8Array(0), "the file is empty"],
    ["text.nes", () => text, "cannot be run: it is a text file"],
    ["noise.nes", () => new Uint8Array([1, 200, 3]), "not a ROM: the file has no known signature"],
    ["none.zip", () => zipSync({ "read.me": text }), "the zip has no ROM: read.me is a text file"],
    ["nothing.zip", () => zipSync({}), "the zip is empty"],
    ["lying.zip", () => zipSync({ "a.nes": text }), "cannot be run: it is a text file"],
    ["escape.zip", () => zipSync({ "a\x1b[2J.txt": text }), "the zip has no ROM: a?[2J.txt is a text file"],
    ["bomb.zip", bomb, "the zip entry unpacks to 41959440 bytes: no ROM is larger than 16 MiB"],
    [
      "bomb.gz",
      () => gzipSync(new Uint8Array(40 << 20)),
      "unpacks to more than 16 MiB: no ROM is that large",
    ],
    ["many.zip", many, "the zip has 1100 entries, more than 1024"],
    [
      "climb.zip",
      () => zipSync({ "../a.nes": rom }),
      "the zip has a path that leads outside of it: ../a.nes",
    ],
    [
      "climb2.zip",
      () => zipSync({ "a\\..\\..\\b": rom }),
      "the zip has a path that leads outside of it: a\\..\\..\\b",
    ],
    [
      "root.zip",
      () => zipSync({ "/etc/a.nes": rom }),
      "the zip has a path that leads outside of it: /etc/a.nes",
    ],
    ["secret.zip", () => patched("C", 8, 1), "the zip entry is encrypted"],
    [
      "method.zip",
      () => patched("C", 10, 14),
      "the zip entry is packed with method 14, only stored and deflated entries are supported",
    ],
    ["crc.zip", () => patched("C", 16, 0x1234), "the checksum of the zip entry does not match"],
    ["zip64-size.zip", () => patched32("C", 24), "zip64 archives are not supported"],
    ["zip64-packed.zip", () => patched32("C", 20), "zip64 archives are not supported"],
    ["zip64-offset.zip", () => patched32("C", 42), "zip64 archives are not supported"],
    ["zip64-count.zip", () => patched("E", 10, 0xffff), "zip64 archives are not supported"],
    ["zip64-directory.zip", () => patched32("E", 16), "zip64 archives are not supported"],
    ["size.zip", () => patched("C", 24, 5), "the zip says that the entry has 5 bytes, it holds more"],
    [
      "size2.zip",
      () => patched("C", 24, 50000),
      "the zip says that the entry has 50000 bytes, it holds 16400",
    ],
    ["local.zip", () => patched("L", 0, 0), "not a ROM: the file has no known signature"],
    [
      "outside.zip",
      () => patched("C", 42, 60000),
      "the zip is cut off or damaged: the entry lies outside of it",
    ],
    [
      "cut.zip",
      () => zipSync({ "a.nes": rom }).subarray(0, 300),
      "the zip is cut off: the directory at its end is missing",
    ],
    ["cut.gz", () => gzipSync(rom).subarray(0, 60), "compressed data is damaged: unexpected end of file"],
    ["short.gz", () => gzipSync(rom).subarray(0, 12), "the gzip file is cut off"],
    ["cut.nes", () => rom.subarray(0, 5000), "header says 16 KiB of PRG ROM, the file holds 4984 bytes"],
  ])("%s", async (name, bytes, message) => {
    const path = file(name, bytes());
    const error = await errorOf(path);
    expect([error.kind, error.message]).toEqual(["data", message]);
    expect(error.where.startsWith(path)).toBe(true);
  });

  test("a damaged gzip checksum", async () => {
    const packed = gzipSync(rom);
    packed[packed.length - 5]! ^= 1;
    expect((await errorOf(file("crc.gz", packed))).message).toBe("the gzip checksum does not match");
  });

  test("an inner file that is not there", async () => {
    const path = file("inner.zip", zipSync({ "a.nes": rom }));
    expect((await errorOf(`${path}#b.nes`)).message).toBe("the zip has no b.nes, it has a.nes");
    expect((await errorOf(`${file("plain2.nes", rom)}#b.nes`)).message).toBe(
      "not a zip: it has no b.nes inside",
    );
  });
});

function concat(one: Uint8Array, other: Uint8Array): Uint8Array {
  const both = new Uint8Array(one.length + other.length);
  both.set(one);
  both.set(other, one.length);
  return both;
}
