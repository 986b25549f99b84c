import { InputError } from "../../emu/input-error.ts";
import type { Nes } from "../../emu/nes/nes.ts";
import { SCREEN_HEIGHT, SCREEN_WIDTH } from "../../emu/nes/ppu/ppu.ts";
import { type LoadedRom, loadRom } from "../files/rom-file.ts";
import { createHeadless } from "../headless.ts";
import { gradeUnknown } from "./detect.ts";
import { GRADERS } from "./protocols/index.ts";
import type { Bench, Outcome, ProtocolName, TestResult, TestSpec } from "./types.ts";

/** A result, and what is needed beyond the report. */
export interface Graded {
  readonly result: TestResult;
  /** The last picture, where a machine ran. */
  readonly pixels?: Uint16Array;
  readonly offsets?: readonly number[];
  readonly source?: string;
}

/** Runs one test. What is wrong with its files becomes the verdict "error"; a bug of ours is thrown. */
export async function grade(spec: TestSpec): Promise<Graded> {
  const start = performance.now();
  const finish = (protocol: TestResult["protocol"], outcome: Outcome, frames: number): TestResult => ({
    rom: spec.rom,
    protocol,
    verdict: outcome.verdict,
    detail: outcome.detail,
    frames,
    milliseconds: Math.round(performance.now() - start),
    ...(outcome.cases === undefined ? {} : { cases: outcome.cases }),
  });
  let bench: RomBench | undefined;
  try {
    bench = new RomBench(spec, await loadChecked(spec));
    const { protocol, outcome } = await run(bench, spec);
    const { offsets, source } = outcome;
    return {
      result: finish(protocol, outcome, bench.frames),
      pixels: bench.pixels,
      ...(offsets === undefined ? {} : { offsets }),
      ...(source === undefined ? {} : { source }),
    };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const detail = error.where === "" ? error.message : `${error.where}: ${error.message}`;
    const protocol = spec.protocol === "detect" ? "none" : spec.protocol;
    return { result: finish(protocol, { verdict: "error", detail }, bench?.frames ?? 0) };
  }
}

async function run(
  bench: Bench,
  spec: TestSpec,
): Promise<{ protocol: ProtocolName | "none"; outcome: Outcome }> {
  if (spec.protocol === "detect") return gradeUnknown(bench);
  return { protocol: spec.protocol, outcome: await GRADERS[spec.protocol](bench) };
}

async function loadChecked(spec: TestSpec): Promise<LoadedRom> {
  const rom = await loadRom(spec.romFile);
  if (spec.sha1 !== undefined && rom.fileSha1 !== spec.sha1.toLowerCase()) {
    throw new InputError("data", `its SHA-1 is ${rom.fileSha1}, the manifest says ${spec.sha1}`, spec.rom);
  }
  return rom;
}

class RomBench implements Bench {
  readonly spec: TestSpec;
  readonly pixels = new Uint16Array(SCREEN_WIDTH * SCREEN_HEIGHT);
  frames = 0;
  readonly #rom: LoadedRom;
  #nes: Nes | undefined;

  constructor(spec: TestSpec, rom: LoadedRom) {
    this.spec = spec;
    this.#rom = rom;
  }

  powerOn(): Nes {
    const { region, mmc3Revision } = this.spec;
    this.#nes = createHeadless(this.#rom.image, {
      ...(region === undefined ? {} : { region }),
      ...(mmc3Revision === undefined ? {} : { mmc3Revision }),
    });
    return this.#nes;
  }

  runFrame(): void {
    if (this.#nes === undefined) throw new Error("a frame was asked of a machine that is off");
    this.#nes.runFrame(this.pixels);
    this.frames++;
  }
}
