import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readRom } from "../../../src/io/files/roms/rom-file.ts";
import { load } from "../../../src/io/library/index.ts";
import { findSymbolFiles, loadSymbols, loadSymbolsBeside } from "../../../src/io/symbols/symbol-files.ts";
import { inputErrorFrom } from "../../support/input-errors.ts";
import { buildRom } from "../../support/rom-builder.ts";
import { DBG } from "../../support/small-dbg.ts";

describe("symbol files", () => {
  const folder = mkdtempSync(join(tmpdir(), "emu-symbols-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  const rom = join(folder, "game.nes");
  const { image } = readRom(buildRom({ prgUnits: 2 }), "game.nes");

  test("are found beside the ROM: name lists, else labels, else debug info", async () => {
    expect(await findSymbolFiles(rom)).toEqual([]);
    writeFileSync(join(folder, "game.nes.0.nl"), "$8000#low#\n");
    writeFileSync(join(folder, "game.nes.1.nl"), "$C000#high#\n");
    writeFileSync(join(folder, "game.nes.ram.nl"), "$0010#ram#\n");
    const found = await findSymbolFiles(rom);
    expect(found.length).toBe(3);
    const symbols = await loadSymbols(found, image);
    expect(symbols.find("high")[0]).toMatchObject({ prgOffset: 0x4000 });
    writeFileSync(join(folder, "game.mlb"), "P:0:label\n");
    expect(await findSymbolFiles(rom)).toEqual([join(folder, "game.mlb")]);
    writeFileSync(join(folder, "game.dbg"), DBG);
    expect(await findSymbolFiles(rom)).toEqual([join(folder, "game.dbg")]);
  });

  test("files without banks come last, listings only if there is nothing else", async () => {
    const alone = mkdtempSync(join(folder, "alone-"));
    const path = join(alone, "game.nes");
    for (const extension of [".lst", ".map", ".fns", ".labels", ".lbl"]) {
      writeFileSync(join(alone, `game${extension}`), "al 00C000 .reset\n");
      expect(await findSymbolFiles(path)).toEqual([join(alone, `game${extension}`)]);
    }
    writeFileSync(`${path}.0.nl`, "$C000#reset#\n");
    expect(await findSymbolFiles(path)).toEqual([`${path}.0.nl`]);
  });

  test("several output files of the linker are located in the ROM by contents", async () => {
    const build = mkdtempSync(join(folder, "build-"));
    const banked = readRom(buildRom({ prgUnits: 4 }), "banked.nes").image;
    const bank = (n: number) => banked.prgRom.slice(n * 0x4000, (n + 1) * 0x4000);
    const dbg = [
      "version\tmajor=2,minor=0",
      'file\tid=0,name="a.s",size=1,mtime=0x0,mod=0',
      "line\tid=0,file=0,line=7,span=0",
      "line\tid=1,file=0,line=9,span=1",
      'seg\tid=0,name="A",start=0x008000,size=0x0010,addrsize=absolute,type=ro,oname="out/b3.bin",ooffs=0',
      'seg\tid=1,name="B",start=0x008000,size=0x0010,addrsize=absolute,type=ro,oname="out/b1.bin",ooffs=0',
      "span\tid=0,seg=0,start=2,size=2",
      "span\tid=1,seg=1,start=4,size=2",
      'sym\tid=0,name="x",addrsize=absolute,scope=0,def=0,val=0x8002,seg=0,type=lab',
    ].join("\n");
    const path = join(build, "game.dbg");
    writeFileSync(path, dbg);
    const lost = await loadSymbols([path], banked);
    expect(lost.lines).toEqual([]);
    expect(lost.warnings[0]).toContain("no source lines for out/b3.bin, out/b1.bin");
    writeFileSync(join(build, "b3.bin"), bank(3));
    writeFileSync(join(build, "b1.bin"), bank(1));
    const found = await loadSymbols([path], banked);
    expect(found.warnings).toEqual([]);
    expect(found.lineOf(0xc002)).toEqual({ file: "a.s", line: 7 });
    expect(found.lineOf(0x4004)).toEqual({ file: "a.s", line: 9 });
    expect(found.find("x")[0]?.prgOffset).toBe(0xc002);
  });

  test("from other versions of ld65 are read with a warning", async () => {
    const path = join(folder, "v3.dbg");
    writeFileSync(path, DBG.replace("major=2", "major=3"));
    const symbols = await loadSymbols([path], image);
    expect(symbols.find("reset")[0]).toMatchObject({ address: 0x8000, prgOffset: 0 });
    expect(symbols.warnings[0]).toContain("debug info of version 3 is read as version 2");
  });

  test("are named in errors", async () => {
    writeFileSync(join(folder, "bad.mlb"), "nonsense\n");
    writeFileSync(join(folder, "bad.dbg"), "nonsense\n");
    const error = await inputErrorFrom(loadSymbols([join(folder, "bad.dbg")], image));
    expect(error.where).toBe(`${join(folder, "bad.dbg")}, line 1, column 1`);
    expect(error.remedy).toBe("rebuild the symbol file, or remove it");
    const { warnings } = await loadSymbols([join(folder, "bad.mlb")], image);
    expect(warnings).toEqual([
      `${join(folder, "bad.mlb")}: skipped 1 row that could not be read (line 1: kind:address:name was expected)`,
    ]);
  });

  test("that are damaged and were not named are ignored with a warning", async () => {
    const path = join(folder, "damaged.dbg");
    writeFileSync(path, "nonsense\n");
    const { files, symbols } = await loadSymbolsBeside(join(folder, "damaged.nes"), image);
    expect(files).toEqual([path]);
    expect(symbols.symbols).toEqual([]);
    expect(symbols.warnings).toEqual([
      expect.stringMatching(/damaged\.dbg: ignored: .*\(line 1, column 1\): rebuild the symbol file/),
    ]);
    writeFileSync(join(folder, "damaged.nes"), buildRom());
    const game = await load(join(folder, "damaged.nes"));
    expect(game.warnings).toEqual(symbols.warnings);
    await inputErrorFrom(load(join(folder, "damaged.nes"), { symbols: path }));
  });
});
