import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { decode } from "fast-png";
import type { InputErrorKind } from "../../../src/emu/input-error.ts";
import { toFraction } from "../../../src/io/capture/fraction.ts";
import type { DumpFormat } from "../../../src/io/capture/frame-writer.ts";
import { toIndexed } from "../../../src/io/capture/local-palette.ts";
import { dump, selectedFrames } from "../../../src/io/dump/dump.ts";
import { readRom } from "../../../src/io/files/roms/rom-file.ts";
import { decodePalette } from "../../../src/io/render/colors/palette.ts";
import { createHeadless } from "../../../src/io/shared/headless.ts";
import { inputErrorFrom } from "../../support/input-errors.ts";
import { TestProgram } from "../../support/test-program.ts";

const folder = mkdtempSync(join(tmpdir(), "emu-dump-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** On Windows, links need a privilege, and devices have other names. */
const isWindows = process.platform === "win32";

const palette = decodePalette();

// Writes its frame count to the backdrop colour, so that frames can be distinguished.
const program = new TestProgram().waitFrames(2);
const loop = program.here;
program.waitFrames(1).bytes(0xe6, 0x10); // INC $10
program.store(0x2006, 0x3f).store(0x2006, 0x00).bytes(0xa5, 0x10, 0x8d, 0x07, 0x20); // LDA $10, STA $2007
program
  .store(0x2006, 0x3f)
  .store(0x2006, 0x00)
  .bytes(0x4c, loop & 0xff, loop >> 8);
const { image } = readRom(program.toRom(), "count.nes");

/** The expected pictures and samples of a dump. */
function reference(frames: number): { pixels: Uint16Array; samples: Int16Array }[] {
  const nes = createHeadless(image);
  return Array.from({ length: frames }, () => {
    const pixels = new Uint16Array(256 * 240);
    nes.runFrame(pixels);
    return { pixels, samples: nes.samples.slice(0, nes.sampleCount) };
  });
}

interface Selection {
  readonly frames: number;
  readonly from?: number;
  readonly every?: number;
}

async function dumped(format: DumpFormat, selection: Selection, name = `out.${format}`): Promise<Buffer> {
  const out = join(folder, name);
  await dump(createHeadless(image), { format, out, palette, from: 0, every: 1, ...selection });
  return readFileSync(out);
}

const bytesOf = (pixels: Uint16Array) => Buffer.from(pixels.buffer, pixels.byteOffset, pixels.byteLength);

describe("frames that are written", () => {
  test("every K-th from F on, below N", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 50 }),
        fc.nat(60),
        fc.integer({ min: 1, max: 9 }),
        (frames, from, every) => {
          let count = 0;
          for (let frame = 0; frame < frames; frame++)
            if (frame >= from && (frame - from) % every === 0) count++;
          expect(selectedFrames({ frames, from, every })).toBe(count);
        },
      ),
    );
  });

  test("numbers are those of the machine", async () => {
    const lines = (await dumped("hash", { frames: 12, from: 3, every: 4 })).toString().trimEnd().split("\n");
    const frames = reference(12);
    const hash = (frame: number) =>
      Bun.hash.crc32(bytesOf(frames[frame].pixels)).toString(16).padStart(8, "0");
    expect(lines).toEqual([3, 7, 11].map((frame) => `${frame}\t${hash(frame)}`));
  });
});

describe("formats", () => {
  test("raw holds the pixels as they are", async () => {
    const raw = await dumped("raw", { frames: 9, from: 7 });
    expect(
      raw.equals(
        Buffer.concat(
          reference(9)
            .slice(7)
            .map(({ pixels }) => bytesOf(pixels)),
        ),
      ),
    ).toBe(true);
  });

  test("PNGs have the palette's colours", async () => {
    const {
      width,
      height,
      data,
      palette: colors = [],
    } = decode(await dumped("png", { frames: 10, from: 9 }));
    expect([width, height]).toEqual([256, 240]);
    const { pixels } = reference(10)[9];
    const rgb = (i: number) => {
      const [red, green, blue] = colors[data[i]];
      return (red << 16) | (green << 8) | blue;
    };
    for (let i = 0; i < pixels.length; i += 997) expect(rgb(i)).toBe(palette[pixels[i]]);
  });

  test("many PNGs are numbered files in a folder", async () => {
    const out = join(folder, "frames");
    await dump(createHeadless(image), { format: "png", out, palette, frames: 130, from: 9, every: 60 });
    expect(readdirSync(out).sort()).toEqual(["frame-000009.png", "frame-000069.png", "frame-000129.png"]);
  });

  test("WAV is 16-bit mono at 48 kHz, every sample of the chosen frames", async () => {
    const wav = await dumped("wav", { frames: 6, from: 2 });
    const samples = reference(6)
      .slice(2)
      .flatMap((frame) => [...frame.samples]);
    expect(wav.toString("latin1", 0, 4) + wav.toString("latin1", 8, 16)).toBe("RIFFWAVEfmt ");
    expect(wav.readUInt32LE(4)).toBe(wav.length - 8);
    expect([wav.readUInt16LE(20), wav.readUInt16LE(22), wav.readUInt32LE(24)]).toEqual([1, 1, 48_000]);
    expect([wav.readUInt32LE(28), wav.readUInt16LE(32), wav.readUInt16LE(34)]).toEqual([96_000, 2, 16]);
    expect(wav.readUInt32LE(40)).toBe(2 * samples.length);
    expect(samples.length / 4).toBeWithin(795, 803);
    const written = Array.from({ length: samples.length }, (_, i) => wav.readInt16LE(44 + 2 * i));
    expect(written).toEqual(samples);
  });

  test("Y4M states the exact rate, and has three planes per frame", async () => {
    const y4m = await dumped("y4m", { frames: 6, every: 2 });
    const header = y4m.toString("latin1", 0, y4m.indexOf(10));
    expect(header).toBe("YUV4MPEG2 W256 H240 F39375000:1310342 Ip A8:7 C444");
    expect(y4m.length).toBe(header.length + 1 + 3 * (6 + 3 * 256 * 240));
  });

  test("GIF shows every frame, at the machine's rate if the format can express it", async () => {
    const gif = await dumped("gif", { frames: 12, every: 2 });
    expect(gif.toString("latin1", 0, 6)).toBe("GIF89a");
    expect(gif.at(-1)).toBe(0x3b);
    const delays: number[] = [];
    for (let at = gif.indexOf("21f904", "hex"); at >= 0; at = gif.indexOf("21f904", at + 1, "hex")) {
      if (gif[at + 7] === 0) delays.push(gif.readUInt16LE(at + 4));
    }
    expect(delays).toHaveLength(6);
    expect(delays.reduce((sum, delay) => sum + delay)).toBe(20); // 12 frames are 199.7 ms
  });
});

describe("files on the disk", () => {
  test.skipIf(isWindows)(
    "a symbolic link remains a link, and an old file is replaced as a whole",
    async () => {
      writeFileSync(join(folder, "target.raw"), "old");
      symlinkSync("target.raw", join(folder, "link.raw"));
      await dumped("raw", { frames: 2, from: 1 }, "link.raw");
      expect(readFileSync(join(folder, "target.raw"))).toHaveLength(122_880);
      expect(readdirSync(folder).filter((name) => name.endsWith(".tmp"))).toEqual([]);
    },
  );

  test("an abort leaves no files", async () => {
    const out = join(folder, "aborted.gif");
    const options = { format: "gif", out, palette, frames: 1000, from: 0, every: 1 } as const;
    const aborted = dump(createHeadless(image), {
      ...options,
      signal: AbortSignal.abort(new Error("enough")),
    });
    await expect(aborted).rejects.toThrow("enough");
    expect(readdirSync(folder).filter((name) => name.includes("aborted"))).toEqual([]);
  });

  test("an abort is noticed after each slow frame", async () => {
    const controller = new AbortController();
    let frames = 0;
    const aborted = dump(createHeadless(image), {
      format: "hash",
      out: join(folder, "slow.txt"),
      palette,
      frames: 1000,
      from: 0,
      every: 1,
      signal: controller.signal,
      afterFrame: () => {
        frames++;
        Bun.sleepSync(60);
        setImmediate(() => controller.abort(new Error("enough")));
      },
    });
    await expect(aborted).rejects.toThrow("enough");
    expect(frames).toBeLessThan(4);
  });

  test.skipIf(isWindows)("a device is written, not replaced", async () => {
    await dump(createHeadless(image), {
      format: "raw",
      out: "/dev/null",
      palette,
      frames: 2,
      from: 0,
      every: 1,
    });
    expect(readFileSync("/dev/null")).toHaveLength(0);
  });

  test.each<[string, string, DumpFormat, InputErrorKind]>([
    ["a folder that is not there", "no/such/file", "raw", "missing"],
    ["a folder", ".", "raw", "io"],
    ["many PNGs on standard output", "-", "png", "usage"],
  ])("%s is rejected", async (_, name, format, kind) => {
    const out = name === "-" ? name : join(folder, name);
    const options = { format, out, palette, frames: 3, from: 0, every: 1 };
    expect((await inputErrorFrom(dump(createHeadless(image), options))).kind).toBe(kind);
  });
});

describe("parts", () => {
  test("the simplest exact fraction is found", () => {
    expect(toFraction(39_375_000 / 655_171)).toEqual({ numerator: 39_375_000, denominator: 655_171 });
    expect(toFraction(8 / 7)).toEqual({ numerator: 8, denominator: 7 });
    expect(toFraction(60)).toEqual({ numerator: 60, denominator: 1 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5000 }), fc.integer({ min: 1, max: 5000 }), (a, b) => {
        const { numerator, denominator } = toFraction(a / b);
        expect(numerator * b).toBe(a * denominator);
        expect(denominator).toBeLessThanOrEqual(b);
      }),
    );
  });

  test("a picture with too many colours for a file loses emphasis, not shape", () => {
    const pixels = Uint16Array.from({ length: 256 * 240 }, (_, i) => i % 512);
    const { indices, colors } = toIndexed(pixels, palette);
    expect(colors).toHaveLength(256);
    for (let i = 0; i < 256; i++) expect(indices[i]).toBe(i);
    for (let i = 256; i < 512; i++) expect(indices[i]).toBe(i % 64);
  });
});
