import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { InputError } from "../../../../src/emu/input-error.ts";
import { isNsf, readNsf } from "../../../../src/emu/nes/cartridge/nsf.ts";
import { type NsfProgram, nsfChipNames } from "../../../../src/emu/nes/cartridge/nsf-program.ts";
import { sha1Hex } from "../../../../src/io/files/hashes.ts";
import { inputErrorOf } from "../../../support/input-errors.ts";
import {
  buildNsf,
  buildNsfe,
  infoChunk,
  nsfChunk,
  nsfLongs,
  nsfTexts,
  RTS,
} from "../../../support/nsf-builder.ts";

const PROGRAM = [RTS, 1, 2, 3];

function read(bytes: Uint8Array) {
  const { image, warnings, cautions } = readNsf(bytes, sha1Hex);
  return { image, nsf: image.nsf as NsfProgram, warnings, cautions };
}

describe("NSF", () => {
  test("the header's fields", () => {
    const file = buildNsf({ program: PROGRAM, load: 0x8123, init: 0x8200, play: 0x8300, songs: 5, start: 2 });
    expect(isNsf(file)).toBe(true);
    const { image, nsf, warnings } = read(file);
    expect(nsf).toMatchObject({ kind: "NSF", title: "Test tune", artist: "Somebody", copyright: "2026" });
    expect(nsf).toMatchObject({ loadAddress: 0x8123, initAddress: 0x8200, playAddress: 0x8300, chips: 0 });
    expect(nsf.tracks.map(({ song }) => song)).toEqual([0, 1, 2, 3, 4]);
    expect(nsf.firstTrack).toBe(1);
    expect(image).toMatchObject({ format: "nsf", region: "ntsc", battery: false });
    expect([...image.prgRom.subarray(0x2123, 0x2127)]).toEqual(PROGRAM);
    expect(warnings).toEqual([]);
  });

  test("banks begin at the load address within the first one", () => {
    const program = new Uint8Array(3 * 0x1000).map((_, at) => at >> 8);
    const { image, nsf } = read(buildNsf({ program, load: 0x8ff0, banks: [0, 1, 2, 3, 0, 0, 0, 1] }));
    expect(image.prgRom.length).toBe(4 * 0x1000);
    expect(image.prgRom[0xfef]).toBe(0);
    expect([...image.prgRom.subarray(0xff0, 0xff0 + program.length)]).toEqual([...program]);
    // FDS music finds the last two banks at $6000 too.
    expect(nsf.banks).toEqual([0, 1, 0, 1, 2, 3, 0, 0, 0, 1]);
  });

  test.each([
    [0, "ntsc"],
    [1, "pal"],
    [2, "ntsc"],
    [3, "ntsc"],
  ])("region bits %i are %s", (region, name) => {
    expect(read(buildNsf({ program: PROGRAM, region })).image.region).toBe(name as "ntsc");
  });

  test("a rate of 0 is the console's frame rate", () => {
    const { nsf } = read(buildNsf({ program: PROGRAM, ntscUs: 0, palUs: 0 }));
    expect(nsf.playPeriodUs).toEqual({ ntsc: 16_639, pal: 19_997, dendy: 19_997 });
  });

  test("bit 7 of the chips is the EPSM", () => {
    expect(read(buildNsf({ program: PROGRAM, chips: 0x81 })).nsf.chips).toBe(0x81);
    expect(read(buildNsf({ program: PROGRAM, chips: 0x81 })).cautions).toEqual([]);
    expect(nsfChipNames(0x81)).toEqual(["VRC6", "EPSM"]);
  });

  test("unknown chips are a caution", () => {
    expect(read(buildNsf({ program: PROGRAM, chips: 0x41 })).cautions[0]).toContain("unknown sound chip");
    expect(nsfChipNames(0x3f)).toEqual(["VRC6", "VRC7", "FDS", "MMC5", "Namco 163", "Sunsoft 5B"]);
  });

  test("the flags of version 2, which version 1 does not have", () => {
    const flags = 0x70;
    const two = read(buildNsf({ program: PROGRAM, version: 2, flags })).nsf;
    expect(two).toMatchObject({ kind: "NSF2", usesIrq: true, initKeepsRunning: true, hasNoPlay: true });
    const one = read(buildNsf({ program: PROGRAM, flags })).nsf;
    expect(one).toMatchObject({ kind: "NSF", usesIrq: false, initKeepsRunning: false, hasNoPlay: false });
  });
});

describe("NSFe", () => {
  test("names, times, fades and the play list", () => {
    const { nsf, image } = read(
      buildNsfe(
        infoChunk({ songs: 3, chips: 1 }),
        nsfChunk("DATA", PROGRAM),
        nsfChunk("RATE", [0x10, 0x27, 0x20, 0x4e]),
        nsfChunk("auth", nsfTexts("Söng", "A", "B", "C")),
        nsfChunk("tlbl", nsfTexts("one", "two", "three")),
        nsfChunk("time", nsfLongs(1000, 2000, -1)),
        nsfChunk("fade", nsfLongs(0, 500)),
        nsfChunk("plst", [2, 0, 7, 1, 0]),
        nsfChunk("mixe", [1, 2, 3]),
      ),
    );
    expect(nsf).toMatchObject({ kind: "NSFe", title: "Söng", artist: "A", copyright: "B", ripper: "C" });
    expect(nsf.tracks).toEqual([
      { song: 2, name: "three", author: "" },
      { song: 0, name: "one", author: "", timeMs: 1000, fadeMs: 0 },
      { song: 1, name: "two", author: "", timeMs: 2000, fadeMs: 500 },
      { song: 0, name: "one", author: "", timeMs: 1000, fadeMs: 0 },
    ]);
    expect(nsf.playPeriodUs).toEqual({ ntsc: 10_000, pal: 20_000, dendy: 20_000 });
    expect(image.region).toBe("ntsc");
  });

  test("chunks behind the program of an NSF", () => {
    const chunks = [
      nsfChunk("tlbl", nsfTexts("first")),
      nsfChunk("time", nsfLongs(90_000)),
      nsfChunk("NEND"),
    ];
    const { nsf, image } = read(buildNsf({ program: PROGRAM, chunks }));
    expect(nsf.tracks).toEqual([{ song: 0, name: "first", author: "", timeMs: 90_000 }]);
    expect(image.prgRom.subarray(0x2004).every((byte) => byte === 0)).toBe(true);
  });

  test("regn names the region", () => {
    const file = (regn: readonly number[]) =>
      buildNsfe(infoChunk({}), nsfChunk("DATA", PROGRAM), nsfChunk("regn", regn));
    expect(read(file([2])).image.region).toBe("pal");
    expect(read(file([3, 1])).image.region).toBe("pal");
    expect(read(file([7, 0])).image.region).toBe("ntsc");
    expect(read(file([4])).nsf.regionCodes.dendy).toBe(2);
  });

  test("huge play lists and names without end are bounded", () => {
    const { nsf, warnings } = read(
      buildNsfe(
        infoChunk({ songs: 255 }),
        nsfChunk("DATA", PROGRAM),
        nsfChunk("plst", new Uint8Array(1_000_000)),
        nsfChunk("tlbl", new Uint8Array(1_000_000).fill(0x41)),
      ),
    );
    expect(nsf.tracks).toHaveLength(256);
    expect(nsf.tracks[0]?.name.length).toBeLessThanOrEqual(256);
    expect(warnings.join()).toContain("those after 256 are ignored");
  });
});

describe("damaged files", () => {
  const whole = buildNsf({ program: PROGRAM });
  const needed = { version: 2, flags: 0x80, program: PROGRAM };
  const cases: readonly (readonly [string, Uint8Array, string, string])[] = [
    ["a cut header", whole.subarray(0, 100), "the header is cut off: 100 of 128 bytes", "byte 100"],
    ["no program", whole.subarray(0, 128), "the file has no program", ""],
    [
      "a cut program",
      buildNsf({ program: PROGRAM, version: 2, chunks: [nsfChunk("NEND")] }).subarray(0, 130),
      "the program is cut off: 2 of 4 bytes",
      "byte 130",
    ],
    ["a low address", buildNsf({ program: PROGRAM, load: 0x5000 }), "below $6000", "header"],
    ["NSFe without INFO", buildNsfe(), "no INFO chunk", "byte 12"],
    ["NSFe without DATA", buildNsfe(infoChunk({})), "no DATA chunk", "byte 30"],
    ["DATA first", buildNsfe(nsfChunk("DATA", PROGRAM)), "DATA chunk comes before INFO", "byte 4"],
    ["a short INFO", buildNsfe(nsfChunk("INFO", [1, 2, 3])), "INFO chunk has 3 bytes", "byte 4"],
    ["a cut chunk", buildNsfe(infoChunk({})).subarray(0, 15), "chunk INFO is cut off: 3 of 10", "byte 15"],
    ["an unknown needed chunk", buildNsfe(nsfChunk("XYZ!")), "chunk XYZ!", "byte 4"],
    ["a needed chunk in NSF2", buildNsf({ ...needed, chunks: [nsfChunk("XYZ!")] }), "chunk XYZ!", "byte 132"],
  ];
  test.each(cases)("%s", (_, bytes, what, where) => {
    const error = inputErrorOf(() => read(bytes));
    expect(error.kind).toBe("data");
    expect(error.message).toContain(what);
    expect(error.where).toBe(where);
  });

  test("version 1 with a length beyond the file is read to its end", () => {
    const file = buildNsf({ program: PROGRAM });
    file.set([0xff, 0xff, 0xff], 0x7d);
    const { image, warnings } = read(file);
    expect([...image.prgRom.subarray(0x2000, 0x2004)]).toEqual(PROGRAM);
    expect(warnings.join()).toContain("16777215 bytes, exceeds the file's: ignored");
  });

  test("damaged chunks that are not needed are only a warning", () => {
    const chunks = [nsfChunk("tlbl", nsfTexts("a")).subarray(0, 9)];
    const { warnings } = read(buildNsf({ program: PROGRAM, chunks }));
    expect(warnings.join()).toContain("track names and times are ignored: chunk tlbl is cut off");
  });

  test("any bytes give an image or an InputError", () => {
    const rich = buildNsfe(
      infoChunk({ songs: 9, chips: 0x3f }),
      nsfChunk("DATA", PROGRAM),
      nsfChunk("BANK", [1, 2, 3]),
      nsfChunk("tlbl", nsfTexts("a", "b")),
      nsfChunk("plst", [1, 2]),
      nsfChunk("time", nsfLongs(1, 2, 3)),
    );
    const plain = buildNsf({ program: PROGRAM, version: 2, flags: 0xf0, chunks: [nsfChunk("NEND")] });
    const change = fc.tuple(fc.nat(400), fc.integer({ min: 0, max: 255 }));
    fc.assert(
      fc.property(
        fc.constantFrom(rich, plain),
        fc.array(change, { maxLength: 8 }),
        fc.nat(300),
        (file, changes, cut) => {
          const bytes = file.slice(0, cut < 200 ? file.length : cut);
          for (const [at, value] of changes) if (at > 4 && at < bytes.length) bytes[at] = value;
          try {
            const { nsf, image } = read(bytes);
            expect(nsf.firstTrack).toBeLessThan(nsf.tracks.length);
            expect(nsf.tracks.length).toBeLessThanOrEqual(256);
            expect(image.prgRom.length % 0x1000).toBe(0);
            expect(image.prgRom.length).toBeGreaterThan(0);
          } catch (error) {
            if (!(error instanceof InputError)) throw error;
          }
        },
      ),
      { numRuns: 2000 },
    );
  });
});
