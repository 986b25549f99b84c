import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { LoadedRom } from "../files/roms/rom-file.ts";
import { writeError } from "../files/write-target.ts";
import { callers } from "../library/call-stack.ts";
import { PlaceMap } from "../library/place-map.ts";
import { sourceAt, traceGameSource, traceNames } from "../library/trace-facts.ts";
import { createHeadless } from "../shared/headless.ts";
import { findSymbolFiles, loadSymbols } from "../symbols/symbol-files.ts";
import { FrameRecorder } from "../trace/frame-recorder.ts";
import { type FailureTrace, writeTraceFile } from "../trace/trace-file.ts";
import { grade } from "./grade.ts";
import { createLiveView, LocalSubject } from "./local-subject.ts";
import { resultFileName } from "./reports/picture-files.ts";
import { machineOptions, type TestResult, type TestSpec, testName } from "./types.ts";

/** emu's own machine, whose last frames are kept. */
class RecordedSubject extends LocalSubject {
  readonly recorder: FrameRecorder;
  readonly rom: LoadedRom;
  readonly spec: TestSpec;
  frames = 0;

  constructor(rom: LoadedRom, spec: TestSpec) {
    super(rom, spec, createLiveView());
    this.rom = rom;
    this.spec = spec;
    this.recorder = new FrameRecorder(this.nes);
  }

  override async runFrame(buttons: number): Promise<void> {
    this.recorder.beforeFrame();
    this.frames++;
    await super.runFrame(buttons);
  }
}

/**
 * Writes a trace of every failed test into `folder`, which is created if missing, and returns the results
 * with their paths. The tests run again for it. Those that ran no frame have none. `positions` are the tests'
 * numbers in the whole run, which names begin with. Throws `InputError` ("io").
 */
export async function writeFailureTraces(
  folder: string,
  tests: readonly TestSpec[],
  results: readonly TestResult[],
  signal: AbortSignal,
  positions?: readonly number[],
): Promise<TestResult[]> {
  const written: TestResult[] = [];
  for (const [index, result] of results.entries()) {
    signal.throwIfAborted();
    const trace = result.verdict === "fail" ? await traceOf(tests[index]!, result.detail) : undefined;
    if (trace === undefined) {
      written.push(result);
      continue;
    }
    await mkdir(folder, { recursive: true }).catch((error) => {
      throw writeError(error, folder);
    });
    const name = resultFileName(positions?.[index] ?? index, testName(result));
    const path = join(folder, `${name}.emutrace`);
    writeTraceFile(path, trace);
    written.push({ ...result, trace: path });
  }
  return written;
}

/** Runs a test again and records it; undefined if no frame has run. `failure` says what has failed. */
export async function traceOf(test: TestSpec, failure: string): Promise<FailureTrace | undefined> {
  let subject: RecordedSubject | undefined;
  await grade(test, {
    powerOn: async (rom, spec) => {
      subject = new RecordedSubject(rom, spec);
      return subject;
    },
  });
  if (subject === undefined || subject.frames === 0) return undefined;
  const { nes, rom, spec, recorder } = subject;
  const symbols = await loadSymbols(spec.symbolFiles ?? (await findSymbolFiles(spec.romFile)), rom.image);
  const places = new PlaceMap(nes, symbols);
  const { source } = test;
  return {
    format: "emutrace",
    version: 1,
    rom: rom.fileName,
    failure,
    place: `${places.describe(nes.cpu.pc)}, frame ${nes.frame}`,
    callers: callers(nes).map((address) => places.describe(address)),
    calls: [],
    ...recorder.replay(createHeadless(rom.image, machineOptions(spec))),
    names: traceNames(symbols),
    test: source === undefined ? undefined : sourceAt(source.file, source.line),
    source: traceGameSource(places, nes.cpu.pc, rom.path),
  };
}
