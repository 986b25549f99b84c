#!/usr/bin/env bun
/**
 * Builds the ROMs in this folder from `src/`. With `--check`, compares them byte for byte with the committed
 * ROMs instead. Needs ca65 and ld65 (Debian: `apt-get install cc65`).
 *
 *   bun roms/build.ts [--check] [--symbols DIR] [name...]
 *
 * `--symbols` also writes ld65's labels and debug info, which tests and debuggers read.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { buildArt } from "./tools/art.ts";
import { buildMusic } from "./tools/music.ts";
import { buildSamples } from "./tools/samples.ts";

interface Rom {
  readonly name: string;
  /** Modules of `src/lib` that it links. */
  readonly lib: readonly string[];
  readonly samples: readonly string[];
}

const LIB = ["sound", "pad", "math"];

/** Every ROM of this project. */
export const ROMS: readonly Rom[] = [
  { name: "swingby", lib: LIB, samples: ["kick", "snare", "gulp"] },
  { name: "test-card", lib: ["pad"], samples: ["kick", "snare", "gulp"] },
];

const HERE = import.meta.dir;

/** True when the assembler and the linker are installed. */
export function toolsInstalled(): boolean {
  return Bun.which("ca65") !== null && Bun.which("ld65") !== null;
}

function run(command: string[], cwd: string): void {
  const { exitCode, stderr } = Bun.spawnSync(command, { cwd, stdout: "inherit", stderr: "pipe" });
  if (exitCode !== 0 || stderr.length > 0) throw new Error(`${command[0]}: ${stderr.toString().trim()}`);
}

function readTexts(folder: string): { name: string; text: string }[] {
  const names = readdirSync(folder).filter((name) => name.endsWith(".txt"));
  return names
    .sort()
    .map((name) => ({ name: join(folder, name), text: readFileSync(join(folder, name), "utf8") }));
}

/** Generates patterns, maps, music and samples from text, as files that the sources include. */
function generate(rom: Rom, source: string, work: string): string[] {
  const art = buildArt(readTexts(join(source, "art")));
  writeFileSync(join(work, "art.inc"), art.constants);
  writeFileSync(join(work, "patterns.chr"), art.chr);
  writeFileSync(join(work, "art_maps.s"), `${art.maps}.segment "CHR"\n.incbin "patterns.chr"\n`);
  writeFileSync(join(work, "samples.s"), buildSamples(rom.samples));
  const music = buildMusic(join(source, "music.txt"), readFileSync(join(source, "music.txt"), "utf8"));
  writeFileSync(join(work, "music.inc"), music.constants);
  writeFileSync(join(work, "music_data.s"), music.data);
  return ["art_maps.s", "samples.s", "music_data.s"].map((name) => join(work, name));
}

/**
 * Assembles and links one ROM, and writes labels and debug info to `symbolsFolder`. Throws an Error with the
 * tools' own message if the sources are wrong.
 */
export function buildRom(rom: Rom, symbolsFolder?: string): Uint8Array {
  const work = mkdtempSync(join(tmpdir(), "emu-rom-"));
  try {
    const source = join(HERE, "src", rom.name);
    const own = readdirSync(source).filter((name) => name.endsWith(".s"));
    const sources = [
      ...own.sort().map((name) => join(source, name)),
      ...rom.lib.map((name) => join(HERE, "src/lib", `${name}.s`)),
      ...generate(rom, source, work),
    ];
    const objects = sources.map((path) => {
      const object = `${basename(path, ".s")}.o`;
      run(
        [
          "ca65",
          ...(symbolsFolder === undefined ? [] : ["-g"]),
          "-t",
          "none",
          "-I",
          work,
          "-I",
          join(HERE, "src/lib"),
          "--bin-include-dir",
          work,
          "-o",
          object,
          path,
        ],
        work,
      );
      return object;
    });
    const symbols =
      symbolsFolder === undefined
        ? []
        : [
            "-Ln",
            resolve(symbolsFolder, `${rom.name}.labels`),
            "--dbgfile",
            resolve(symbolsFolder, `${rom.name}.dbg`),
          ];
    run(["ld65", "-C", join(HERE, "src/lib/nrom.cfg"), "-o", "rom.nes", ...symbols, ...objects], work);
    return new Uint8Array(readFileSync(join(work, "rom.nes")));
  } finally {
    rmSync(work, { recursive: true });
  }
}

/** Builds the named ROMs, or all of them. Returns the exit code. */
function main(args: readonly string[]): number {
  const check = args.includes("--check");
  const symbolsAt = args.indexOf("--symbols");
  const symbols = symbolsAt < 0 ? undefined : args[symbolsAt + 1];
  const names = args.filter((arg, i) => !arg.startsWith("--") && (symbolsAt < 0 || i !== symbolsAt + 1));
  if (!toolsInstalled()) {
    console.error("ca65 and ld65 are not installed: apt-get install cc65");
    return 69;
  }
  let code = 0;
  for (const rom of ROMS.filter(({ name }) => names.length === 0 || names.includes(name))) {
    const path = join(HERE, `${rom.name}.nes`);
    const built = buildRom(rom, symbols);
    const digest = new Bun.CryptoHasher("sha256").update(built).digest("hex");
    if (!check) writeFileSync(path, built);
    else if (!Buffer.from(built).equals(readFileSync(path))) {
      console.error(
        `${rom.name}.nes is not what its sources build: run bun roms/build.ts and commit the result`,
      );
      code = 1;
      continue;
    }
    console.log(`${digest}  ${rom.name}.nes${check ? ": matches its sources" : ""}`);
  }
  return code;
}

if (import.meta.main) process.exit(main(process.argv.slice(2)));
