/**
 * Passes damaged headers and archives to the ROM reader and prints the results as JSON. It is a separate
 * process because it replaces `Uint8Array` before anything else is loaded, to measure allocations of the
 * reader and the decompressor. Arguments: seed, number of cases.
 */
const NativeUint8Array = globalThis.Uint8Array;
let largestAllocation = 0;
let caseAllocation = 0;

class WatchedUint8Array extends (NativeUint8Array as new (...args: unknown[]) => Uint8Array) {
  constructor(...args: unknown[]) {
    super(...args);
    const [first] = args;
    if (typeof first !== "number") return;
    largestAllocation = Math.max(largestAllocation, first);
    caseAllocation += first;
  }
}
globalThis.Uint8Array = WatchedUint8Array as unknown as typeof Uint8Array;

const { InputError } = await import("../../../../src/emu/input-error.ts");
const { readRom } = await import("../../../../src/io/files/roms/rom-file.ts");
const { RomFuzzer } = await import("./rom-fuzzer.ts");

export interface FuzzReport {
  readonly cases: number;
  readonly accepted: number;
  readonly refused: number;
  /** Thrown errors other than `InputError`, with the number of the case. */
  readonly crashes: readonly string[];
  readonly slowestMs: number;
  readonly largestAllocationBytes: number;
  /** All memory that one case allocated, garbage included. */
  readonly largestCaseBytes: number;
  readonly peakResidentBytes: number;
  /** Number of errors of each kind, without numbers and names. */
  readonly complaints: Readonly<Record<string, number>>;
}

function run(seed: number, cases: number): FuzzReport {
  const fuzzer = new RomFuzzer(seed);
  largestAllocation = 0;
  const crashes: string[] = [];
  const complaints: Record<string, number> = {};
  let accepted = 0;
  let slowestMs = 0;
  let largestCaseBytes = 0;
  for (let index = 0; index < cases; index++) {
    const { bytes, inner } = fuzzer.next();
    caseAllocation = 0;
    const start = performance.now();
    try {
      readRom(bytes, "fuzzed", inner);
      accepted++;
    } catch (error) {
      if (error instanceof InputError) {
        const complaint = error.message.replace(/"[^"]*"|[:,] .*|\d+/g, "#");
        complaints[complaint] = (complaints[complaint] ?? 0) + 1;
      } else crashes.push(`case ${index}: ${error instanceof Error ? error.stack : error}`);
    }
    slowestMs = Math.max(slowestMs, performance.now() - start);
    largestCaseBytes = Math.max(largestCaseBytes, caseAllocation);
  }
  return {
    cases,
    accepted,
    refused: cases - accepted - crashes.length,
    crashes: crashes.slice(0, 10),
    slowestMs,
    largestAllocationBytes: largestAllocation,
    largestCaseBytes,
    peakResidentBytes: process.resourceUsage().maxRSS * (process.platform === "darwin" ? 1 : 1024),
    complaints,
  };
}

const [seed = "1", cases = "1000"] = process.argv.slice(2);
process.stdout.write(JSON.stringify(run(Number(seed), Number(cases))));
