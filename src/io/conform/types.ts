import type { MemorySpace, ResetKind } from "../../emu/machine.ts";
import type { DeviceSetup } from "../../emu/nes/input/devices.ts";
import type { NesOptions } from "../../emu/nes/nes.ts";
import type { RamFill } from "../../emu/nes/ram-fill.ts";
import type { RegionName } from "../../emu/nes/region.ts";
import type { ConsoleModel, CpuRevision, PpuRevision } from "../../emu/nes/revisions.ts";
import type { Movie } from "../movies/movie.ts";
import type { Expectation } from "./expect/types.ts";
import type { Position } from "./source/source-node.ts";
import type { TileText } from "./tile-text.ts";

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
] as const;
export type ProtocolName = (typeof PROTOCOLS)[number];

/** `[frame, mask]`: buttons from that frame on, as in input scripts. */
export type InputEntry = readonly [frame: number, mask: number];

/**
 * One test: a ROM and how it is graded. File names are resolved, and so can be opened as they are. It is
 * posted to threads: data only.
 */
export interface TestSpec {
  /** What reports call the ROM: its path as the manifest or the command line has it. */
  readonly rom: string;
  /** What tells the test from others of the same ROM; the ROM's path where it has no name. */
  readonly name: string;
  readonly romFile: string;
  /** "detect" finds the protocol by looking at the ROM. */
  readonly protocol: ProtocolName | "detect";
  readonly maxFrames: number;
  /** The manifest's file and place that the test is from. */
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
  /** Master clocks by which dots lag behind CPU cycles, 0 to 3. */
  readonly alignment?: number;
  /** Counted from 0. */
  readonly diskSide?: number;
  readonly inputFile?: string;
  readonly input?: readonly InputEntry[];
  /** How tile numbers stand for characters; ASCII where it is not given. */
  readonly tiles?: TileText;
  readonly goldenFile?: string;
  readonly logFile?: string;
  readonly startPc?: number;
  readonly expect?: readonly Expectation[];
  /** Where names of addresses come from; what lies beside the ROM where it is not given. */
  readonly symbolFiles?: readonly string[];
  /** Golden pictures are written instead of compared. */
  readonly update?: boolean;
  /** Why the test is known to fail, or by the names of its cases why each of them is. */
  readonly knownFailure?: string | Readonly<Record<string, string>>;
}

/** One of many things that a single ROM grades. */
export interface CaseResult {
  readonly page: string;
  readonly name: string;
  readonly verdict: Verdict;
  readonly detail: string;
}

/** PNG files. */
export interface Pictures {
  /** The golden picture of the first expectation that the screen did not meet, and where they differ. */
  readonly golden?: Uint8Array;
  readonly difference?: Uint8Array;
  /** What stood on the screen at that moment. */
  readonly actual?: Uint8Array;
}

/** What a protocol found out. */
export interface Outcome {
  readonly verdict: Verdict;
  readonly detail: string;
  readonly cases?: readonly CaseResult[];
  /** `frame-hashes`: the frame offsets at which everything agrees, and what made the golden file. */
  readonly offsets?: readonly number[];
  readonly source?: string;
  readonly pictures?: Pictures;
}

/** A screen as it was shown: palette indices with emphasis bits where the machine tells them, else colours. */
export type Screen =
  | { readonly kind: "indices"; readonly pixels: Uint16Array }
  /** Red, green, blue of 256 × 240 pixels. */
  | { readonly kind: "rgb"; readonly rgb: Uint8Array };

/** The machine under test, ours or an external emulator. Frames count from power-on. */
export interface Subject {
  readonly frameRateHz: number;
  /** Frames that it has finished. */
  readonly frame: number;
  /** Whether its CPU has stopped at a JAM opcode; false where it cannot tell. */
  readonly jammed: boolean;
  /** Runs one frame with `buttons` held: a byte a port, port 1 lowest. */
  runFrame(buttons: number): Promise<void>;
  reset(kind: ResetKind): Promise<void>;
  /**
   * Takes over what a movie holds besides buttons and resets: the battery's memory now; disks and devices whenever
   * what it returns is called, with the frame that comes next. Machines without it play buttons and resets alone.
   */
  beginMovie?(movie: Movie): (frame: number) => void;
  /** `length` bytes from `address` on, without side effects. The array is good until the next call. */
  peek(space: MemorySpace, address: number, length: number): Promise<Uint8Array>;
  poke(space: MemorySpace, address: number, value: number): Promise<void>;
  /** By name: pc a x y p s cycle line dot, and of the PPU ppuCtrl ppuMask ppuStatus v t fineX w. */
  registers(): Promise<Readonly<Record<string, number>>>;
  /** The last whole picture. */
  screen(): Promise<Screen>;
  /** CRC-32 of the last picture, as `emu dump --format hash` prints it. */
  frameHash(): Promise<string>;
  /** CRC-32 of all samples since power-on, signed 16-bit little-endian mono of 48 kHz. */
  audioHash(): Promise<string>;
  /** A checksum of what it has shown and sounded like: runs of the same test must end with the same. */
  digest(): Promise<string>;
  /** For trace logs: what `registers` says is then of this very moment. */
  step(): Promise<void>;
  setPc(pc: number): Promise<void>;
  /** Ends the machine, which is not used any more. */
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

/** The keys of a test that describe the machine, those that it has. */
export function machineOptions(spec: TestSpec): Pick<NesOptions, (typeof MACHINE_KEYS)[number]> {
  return Object.fromEntries(
    MACHINE_KEYS.filter((key) => spec[key] !== undefined).map((key) => [key, spec[key]]),
  );
}

/** What a protocol works with. */
export interface Bench {
  readonly spec: TestSpec;
  /** Powers on a machine that `spec` describes, in the place of the one before. */
  powerOn(): Promise<Subject>;
  /** Runs one frame of the machine; `buttons` are held where given, else those of the test's own input. */
  runFrame(buttons?: number): Promise<void>;
  /** Frames run so far, by all machines together. */
  readonly frames: number;
}

/** Grades one ROM. Throws `InputError` when what it is told to compare with cannot be used. */
export type Protocol = (bench: Bench) => Promise<Outcome>;

/** A line of the report. */
export interface TestResult {
  readonly rom: string;
  /** Where it differs from `rom`. */
  readonly name?: string;
  readonly protocol: ProtocolName | "none";
  readonly verdict: Verdict;
  readonly detail: string;
  readonly frames: number;
  readonly milliseconds: number;
  readonly cases?: readonly CaseResult[];
  /** What is doubtful about the ROM or was left out of its symbol files, where anything is. */
  readonly warnings?: readonly string[];
  /** Why it was known to fail, where it was. */
  readonly known?: string;
  /** Where its pictures are, where they were wanted as files: the last screen, and a golden picture. */
  readonly pictures?: Readonly<Partial<Record<"screen" | "golden" | "difference", string>>>;
}

/** What `emu conform --json` prints. */
export interface ConformReport {
  readonly tests: readonly TestResult[];
  readonly passed: number;
  readonly failed: number;
  readonly errors: number;
  readonly skipped: number;
}

export const DEFAULT_MAX_FRAMES = 6000;

/** How every protocol says that no verdict came in time. */
export function timeout(frames: number, more = ""): Outcome {
  return { verdict: "fail", detail: `timeout after ${frames} frames${more === "" ? "" : `: ${more}`}` };
}

/** How every protocol says that the program has stopped for good. */
export async function jammed(subject: Subject, more = ""): Promise<Outcome> {
  const { pc = 0 } = await subject.registers();
  const where = pc.toString(16).toUpperCase().padStart(4, "0");
  const detail = `the CPU jammed at $${where} by frame ${subject.frame}${more === "" ? "" : `: ${more}`}`;
  return { verdict: "fail", detail };
}

/** What tells a result from others in lists, baselines and histories. */
export function testName({ rom, name }: Pick<TestResult, "rom" | "name">): string {
  return name ?? rom;
}
