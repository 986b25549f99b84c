import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { KIB } from "../../../../src/emu/units.ts";
import { identifyForeign } from "../../../../src/io/files/roms/foreign-files.ts";
import { readRom } from "../../../../src/io/files/roms/rom-file.ts";
import { inputErrorOf } from "../../../support/input-errors.ts";
import { buildRom } from "../../../support/rom-builder.ts";
import { soakSize } from "../../../support/soak.ts";

/** A file of `size` bytes with `text`, one byte per character, at `at`. */
function file(text: string, at = 0, size = at + text.length + 64): Uint8Array {
  const bytes = new Uint8Array(size);
  for (let index = 0; index < text.length; index++) bytes[at + index] = text.charCodeAt(index);
  return bytes;
}

function text(content: string): Uint8Array {
  return new TextEncoder().encode(content);
}

/** A SNES ROM's header with its checksum, after `copier` bytes. */
function snes(copier: number): Uint8Array {
  const bytes = file("SUPER GAME           ", copier + 0x7fc0, copier + 0x10000);
  bytes.set([0xcb, 0xed, 0x34, 0x12], copier + 0x7fdc);
  return bytes;
}

/** A dump without its header: noise with a reset vector at the end of PRG ROM. */
function headerless(prgUnits: number, chrUnits: number): Uint8Array {
  const bytes = new Uint8Array(prgUnits * 16 * KIB + chrUnits * 8 * KIB).fill(0xff);
  bytes.set([0x78, 0xd8, 0xa2]);
  bytes.set([0x00, 0xc1, 0x00, 0xc0, 0x00, 0xc1], prgUnits * 16 * KIB - 6);
  return bytes;
}

describe("files that are not ROMs are identified", () => {
  test.each<[string, Uint8Array, string, string]>([
    ["7z", file("7z\xbc\xaf\x27\x1c"), "a 7z archive", "unpack it first"],
    ["RAR 4", file("Rar!\x1a\x07\x00"), "a RAR archive", "unpack it first"],
    ["RAR 5", file("Rar!\x1a\x07\x01\x00"), "a RAR archive", "unpack it first"],
    ["xz", file("\xfd7zXZ\x00"), "an xz file", "unpack it first"],
    ["tar", file("ustar", 257), "a tar archive", "unpack it first"],
    ["IPS", file("PATCH\x00\x00\x10"), "an IPS patch", "give the game, and the patch with --patch"],
    [
      "Git LFS",
      text("version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 4\n"),
      "a Git LFS pointer",
      "git lfs pull",
    ],
    ["HTML", text("\n<!DOCTYPE html>\n<html></html>"), "a web page", "download the file"],
    ["HTML with a BOM", text("\ufeff<html>"), "a web page", "download the file"],
    ["text", text("hello\n"), "a text file", "choose a"],
    ["FM2", text("version 3\nemuVersion 22020\n"), "an FM2 movie", "--input"],
    ["Game Boy", file("\xce\xed\x66\x66\xcc\x0d\x00\x0b", 0x104), "a Game Boy ROM", "libretro cores"],
    ["SNES", snes(0), "a Super Nintendo ROM", "libretro cores"],
    ["SNES behind a copier's header", snes(512), "a Super Nintendo ROM", "libretro cores"],
    ["Mega Drive", file("SEGA MEGA DRIVE ", 0x100), "a Mega Drive ROM", "libretro cores"],
    ["zeros", new Uint8Array(40_976), "40976 bytes of $00", "get a good copy"],
    ["bytes of $FF", new Uint8Array(16).fill(0xff), "16 bytes of $ff", "get a good copy"],
    [
      "something in front",
      new Uint8Array([1, 2, 3, ...buildRom()]),
      "an iNES file behind 3 other bytes",
      "tail -c +4",
    ],
    [
      "a header spoilt by text mode",
      file("NES\x0d\x1a\x01"),
      "an iNES file with a damaged header",
      "good copy",
    ],
    ["headerless NROM", headerless(2, 1), "a ROM without an iNES header", "\\x02\\x01\\x01"],
    ["headerless NROM-128", headerless(1, 1), "a ROM without an iNES header", "\\x01\\x01\\x01"],
    [
      "headerless with banks",
      headerless(8, 16),
      "a ROM without an iNES header",
      "https://www.nesdev.org/wiki/INES",
    ],
  ])("%s", (_name, bytes, what, remedy) => {
    const found = identifyForeign(bytes);
    expect(found?.what).toStartWith(what);
    expect(found?.remedy).toContain(remedy);
    const error = inputErrorOf(() => readRom(bytes, "game.nes"));
    expect([error.kind, error.where]).toEqual(["data", "game.nes"]);
    expect(error.message).toStartWith(`cannot be run: it is ${what}`);
  });

  test.each(["game.pce", "GAME.PCE", "folder/game.pce"])(
    "a game without a signature by its name: %s",
    (name) => {
      const error = inputErrorOf(() => readRom(headerless(2, 1), name));
      expect(error.message).toStartWith("cannot be run: it is a game for another console (PC Engine");
      expect(error.remedy).toStartWith("only emu run, emu dump and emu serve play");
      expect(inputErrorOf(() => readRom(text("hello"), name)).message).toContain("a text file");
    },
  );

  test("the remedy for a headerless dump makes a ROM that runs", () => {
    const dump = headerless(2, 1);
    const [, header = ""] = /printf '([^']*)'/.exec(identifyForeign(dump)?.remedy ?? "") ?? [];
    const bytes = header.replace(/\\x([0-9a-f]{2})|\\0/g, (_, hex = "00") =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    );
    const fixed = new Uint8Array([...bytes].map((character) => character.charCodeAt(0)).concat([...dump]));
    expect(readRom(fixed, "fixed.nes").image).toMatchObject({ mapper: 0, mirroring: "vertical" });
    expect(readRom(fixed, "fixed.nes").image.prgRom.length).toBe(32 * KIB);
  });

  test("no bytes cause an exception", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 70_000, size: "max" }), (bytes) => {
        const found = identifyForeign(bytes);
        if (found !== undefined) expect(found.remedy).not.toBe("");
      }),
      { numRuns: soakSize(100, 2000) },
    );
  });
});
