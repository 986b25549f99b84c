import type { MemorySpace, ResetKind } from "../../emu/machine.ts";
import type { DeviceSetup } from "../../emu/nes/input/devices.ts";
import type { NesOptions } from "../../emu/nes/nes.ts";
import type { RamFill } from "../../emu/nes/ram-fill.ts";
import type { RegionName } from "../../emu/nes/region.ts";
import type { ConsoleModel, CpuRevision, PpuRevision } from "../../emu/nes/revisions.ts";
import type { LoadedRom } from "../files/roms/rom-file.ts";
import { printablePath } from "../files/text.ts";
import type { Position } from "../files/text-place.ts";
import type { FuzzPlan, FuzzResult } from "../fuzz/plan.ts";
import type { DeviceWords } from "../input/device-words.ts";
import type { Movie } from "../movies/movie.ts";
import type { MovieEvent } from "../movies/movie-events.ts";
import type { Palette } from "../render/colors/palette.ts";
import type { Expectation } from "./expect/types.ts";

export type Verdict = "pass" | "fail" | "error" | "skip";

export const PROTOCOLS = [
  "blargg-6000",
  "ram-result",
  "screen-text",
  "screen-crc",
  "golden-log",
  "frame-hashes",
  "accuracycoin",
  "expect",
  "movie",
] as const;
/** "fuzz" is for tests that `emu fuzz` makes; manifests do not have it. */
export type ProtocolName = (typeof PROTOCOLS)[number] | "fuzz";

/** `[frame, mask]`: buttons from that frame on, as in input scripts. */
export type InputEntry = readonly [frame: number, mask: number];

/**
 * One test: a ROM and how it is graded. File names are resolved and can be opened directly. It is posted to
 * threads, so it holds only data.
 */
export interface TestSpec {
  /** The ROM's name in reports: its path as in the manifest or the command line. */
  readonly rom: string;
  /** The name of the test, which is distinct; by default the ROM's path. */
  readonly name: string;
  readonly romFile: string;
  /** With "detect" the protocol is detected automatically. */
  readonly protocol: ProtocolName | "detect";
  /** With protocol "movie", this is the length of input without an end of its own. */
  readonly maxFrames: number;
  /** Why the test cannot run; it is then an error. */
  readonly problem?: string;
  /** The place of the test in its manifest. */
  readonly source?: { readonly file: string } & Position;
  readonly sha1?: string;
  readonly address?: number;
  /** A byte for `ram-result`, a word for `screen-text`. */
  readonly pass?: number | string;
  readonly accept?: readonly string[];
  readonly mmc3Revision?: "A" | "B";
  readonly region?: RegionName;
  readonly console?: ConsoleModel;
  readonly cpuRevision?: CpuRevision;
  readonly ppuRevision?: PpuRevision;
  readonly devices?: DeviceSetup;
  readonly ramFill?: RamFill;
  /** Master clocks by which PPU dots lag behind CPU cycles, 0 to 3. */
  readonly alignment?: number;
  /** Counted from 0. */
  readonly diskSide?: number;
  readonly inputFile?: string;
  /** Play the movie even if it was recorded with another ROM. */
  readonly anyRom?: true;
  readonly input?: readonly InputEntry[];
  /** What devices other than controllers do from a frame on, in words. */
  readonly deviceInput?: readonly (readonly [frame: number, words: DeviceWords])[];
  /** Disk changes, coins, the service button and DIP switches, in frame order. */
  readonly events?: readonly MovieEvent[];
  /** Maps tile numbers to characters; ASCII by default. */
  readonly tiles?: TileText;
  readonly goldenFile?: string;
  readonly logFile?: string;
  readonly startPc?: number;
  readonly expect?: readonly Expectation[];
  /** Symbol files; by default the ones beside the ROM. */
  readonly symbolFiles?: readonly string[];
  /** Patches to apply to the ROM, in this order; by default the one found with it. */
  readonly patchFiles?: readonly string[];
  /** Golden pictures are written instead of compared. */
  readonly update?: boolean;
  /** What a test of a campaign does, with protocol "fuzz". The movie is played before each run. */
  readonly fuzz?: FuzzPlan;
  /** Why the test is known to fail, or why each of its cases is, by name. */
  readonly knownFailure?: string | Readonly<Record<string, string>>;
}

/** The result of one case, for ROMs that grade many. */
export interface CaseResult {
  readonly page: string;
  readonly name: string;
  readonly verdict: Verdict;
  readonly detail: string;
}

/** What a movie ends with. */
export interface MovieEnd {
  /** The last frame that was run. */
  readonly frame: number;
  /** CRC-32 of its picture, as `emu dump --format hash` prints it, and of the 2 KiB of work RAM. */
  readonly picture: string;
  readonly ram: string;
}

/** PNG files. */
export interface Pictures {
  /** The golden picture of the first expectation that failed, and the difference. */
  readonly golden?: Uint8Array;
  readonly difference?: Uint8Array;
  /** The screen at that moment. */
  readonly actual?: Uint8Array;
}

/** The verdict of a protocol. */
export interface Outcome {
  readonly verdict: Verdict;
  readonly detail: string;
  readonly cases?: readonly CaseResult[];
  /**
   * `frame-hashes`: the frame offsets at which everything agrees, and the emulator that made the golden file.
   */
  readonly offsets?: readonly number[];
  readonly source?: string;
  readonly pictures?: Pictures;
  /** `movie`: how it ended, if it was played to its end. */
  readonly end?: MovieEnd;
  /** `fuzz`: what was found. */
  readonly fuzz?: FuzzResult;
}

/** Maps a program's tiles to characters. */
export interface TileText {
  /** The character of each of 256 tiles; a space for tiles without one. */
  readonly characters: string;
  /** Nametables to read, from 0 to 3. */
  readonly nametables: readonly number[];
}

/**
 * A screen: palette indices with emphasis bits and their colours, if the machine provides them, otherwise
 * only colours.
 */
export type ScreenPixels =
  | { readonly kind: "indices"; readonly pixels: Uint16Array; readonly palette: Palette }
  /** Red, green, blue of 256 × 240 pixels. */
  | { readonly kind: "rgb"; readonly rgb: Uint8Array };

/** The machine under test, emu's own or an external emulator. Frames count from power-on. */
export interface Subject {
  readonly frameRateHz: number;
  /** Number of finished frames. */
  readonly frame: number;
  /** True if its CPU has stopped at a JAM opcode; false if unknown. */
  readonly jammed: boolean;
  /** Runs one frame with `buttons` held: one byte per port, port 1 lowest. */
  runFrame(buttons: number): Promise<void>;
  reset(kind: ResetKind): Promise<void>;
  /**
   * Applies the parts of a movie other than buttons and resets: battery RAM now, and disks and devices when
   * the returned function is called with the next frame. Machines without this method only play buttons and
   * resets.
   */
  beginMovie?(movie: Movie): (frame: number) => void;
  /** `length` bytes from `address` on, without side effects. The array is valid until the next call. */
  peek(space: MemorySpace, address: number, length: number): Promise<Uint8Array>;
  poke(space: MemorySpace, address: number, value: number): Promise<void>;
  /** By name: pc a x y p s cycle line dot, and of the PPU ppuCtrl ppuMask ppuStatus v t fineX w. */
  registers(): Promise<Readonly<Record<string, number>>>;
  /** The last whole picture. */
  screen(): Promise<ScreenPixels>;
  /** CRC-32 of the last picture, as `emu dump --format hash` prints it. */
  frameHash(): Promise<string>;
  /** CRC-32 of all samples since power-on, signed 16-bit little-endian mono of 48 kHz. */
  audioHash(): Promise<string>;
  /** A checksum of all pictures and sound, which must be the same in all runs of a test. */
  digest(): Promise<string>;
  /** Runs one instruction, for trace logs. `registers` then gives the values after it. */
  step(): Promise<void>;
  setPc(pc: number): Promise<void>;
  /** Ends the machine, which cannot be used afterwards. */
  close(): Promise<void>;
}

const MACHINE_KEYS = [
  "region",
  "console",
  "cpuRevision",
  "ppuRevision",
  "devices",
  "mmc3Revision",
  "ramFill",
  "alignment",
  "diskSide",
] as const;

/** The machine options of a test, without absent ones. */
export function machineOptions(spec: TestSpec): Pick<NesOptions, (typeof MACHINE_KEYS)[number]> {
  return Object.fromEntries(
    MACHINE_KEYS.filter((key) => spec[key] !== undefined).map((key) => [key, spec[key]]),
  );
}

/** Runs machines for a protocol. */
export interface Bench {
  readonly spec: TestSpec;
  /** Powers on a machine as described by `spec`, replacing the previous one. */
  powerOn(): Promise<Subject>;
  /** Runs one frame of the machine with `buttons`, or by default with the test's own input. */
  runFrame(buttons?: number): Promise<void>;
  /** Number of frames run so far by all machines together. */
  readonly frames: number;
  readonly rom: LoadedRom;
  readonly movie: Movie;
  /** Reports a frame of a machine that the protocol runs itself; `frames` includes it if it counts. */
  countFrame(counts: boolean): void;
  /** Number of hashes in the movie that were compared and agreed since power-on. */
  readonly agreedHashes: number;
}

/** Grades one ROM. Throws `InputError` if a file to compare with is invalid. */
export type Protocol = (bench: Bench) => Promise<Outcome>;

/** A line of the report. */
export interface TestResult {
  readonly rom: string;
  /** Present if it differs from `rom`. */
  readonly name?: string;
  readonly protocol: ProtocolName | "none";
  readonly verdict: Verdict;
  readonly detail: string;
  readonly frames: number;
  readonly milliseconds: number;
  readonly cases?: readonly CaseResult[];
  /** How the movie ended, if it was played to its end. */
  readonly end?: MovieEnd;
  /** Problems of the ROM, and what was skipped in its symbol files, if anything. */
  readonly warnings?: readonly string[];
  /** Why it was known to fail, if it was. */
  readonly known?: string;
  /** Paths of its pictures, if they were written: the last screen, and a golden picture. */
  readonly pictures?: Readonly<Partial<Record<"screen" | "golden" | "difference", string>>>;
  /** Path of its trace, if one was written. */
  readonly trace?: string;
  /** Present if the test was not run, since a farm had no worker for it. Its verdict is "error". */
  readonly incomplete?: true;
}

/** The part of a run that a report covers, for `emu conform merge`. */
export interface ShardOfRun {
  readonly index: number;
  readonly count: number;
  /** The same in all shards of a run: a hash of emu's build, the options, the tests and their files. */
  readonly run: string;
  /** The build of emu. */
  readonly emu: string;
  /** Number of tests in all shards. */
  readonly total: number;
  /** False if `--filter` left out some tests of the manifest. */
  readonly isWhole: boolean;
  /** Facts about each test of the report, in its order. */
  readonly tests: readonly ShardTest[];
}

export interface ShardTest {
  /** Index of the test in the run. */
  readonly position: number;
  /** Its place in the manifest. */
  readonly source?: NonNullable<TestSpec["source"]>;
  /** What is compared between tests, see `requireSharedOffsets`, and the test's own verdict before that. */
  readonly golden?: {
    readonly source: string;
    readonly offsets: readonly number[];
    readonly verdict: Verdict;
    readonly detail: string;
  };
}

/** The output of `emu conform --json`. */
export interface ConformReport {
  readonly tests: readonly TestResult[];
  readonly passed: number;
  readonly failed: number;
  readonly errors: number;
  readonly skipped: number;
  /** Present in the report of a shard. */
  readonly shard?: ShardOfRun;
}

export const DEFAULT_MAX_FRAMES = 6000;

/** The outcome of any protocol if no verdict came in time. */
export function timeout(frames: number, more = ""): Outcome {
  return { verdict: "fail", detail: `timeout after ${frames} frames${more === "" ? "" : `: ${more}`}` };
}

/** The outcome of any protocol if the CPU has jammed. */
export async function jammed(subject: Subject, more = ""): Promise<Outcome> {
  const { pc = 0 } = await subject.registers();
  const where = pc.toString(16).toUpperCase().padStart(4, "0");
  const detail = `the CPU jammed at $${where} by frame ${subject.frame}${more === "" ? "" : `: ${more}`}`;
  return { verdict: "fail", detail };
}

/** `testName`, safe to print on a terminal: names of files can hold control characters. */
export function shownName(result: Pick<TestResult, "rom" | "name">): string {
  return printablePath(testName(result));
}

/** The name of a result in lists, baselines and histories. */
export function testName({ rom, name }: Pick<TestResult, "rom" | "name">): string {
  return name ?? rom;
}
