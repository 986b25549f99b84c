import { AsyncLocalStorage } from "node:async_hooks";
import { mkdirSync } from "node:fs";
import { basename, dirname, join, sep } from "node:path";
import { fileURLToPath } from "node:url";
import type { NesOptions } from "../../emu/nes/nes.ts";
import { createHeadless } from "../shared/headless.ts";
import { FrameRecorder } from "../trace/frame-recorder.ts";
import { type FailureTrace, type TraceCall, writeTraceFile } from "../trace/trace-file.ts";
import { GameError } from "./errors.ts";
import type { Game } from "./game.ts";
import { shortPath } from "./place-map.ts";
import { throwsAtCaller } from "./throw-at-caller.ts";
import { sourceAt, traceGameSource, traceNames } from "./trace-facts.ts";

export interface TracedOptions {
  /** The file's name without extension; by default the test's file and line. */
  readonly name?: string;
  /** The folder of traces; by default `__traces__` beside the test. */
  readonly folder?: string;
}

/** Methods of a game that a trace lists. */
const CALLS = [
  "frames",
  "until",
  "runTo",
  "step",
  "press",
  "release",
  "tap",
  "hold",
  "setButtons",
  "setDevice",
  "peek",
  "peek16",
  "bytes",
  "poke",
  "call",
  "load",
  "reset",
  "insertCoin",
  "pressService",
  "setDip",
  "insertDisk",
  "ejectDisk",
] as const satisfies readonly (keyof Game)[];

const MAX_CALLS = 2000;
const MAX_ARGUMENT = 60;
/** Stack frames of the library itself, which no test has written. */
const OWN_FOLDER = import.meta.dirname + sep;

const running = new AsyncLocalStorage<TestTrace>();

/** A line of a test. */
interface TestLine {
  readonly path: string;
  readonly line: number;
}

/**
 * A test body that leaves a trace if it fails, whatever fails: `test("wins", traced(async () => { … }))`. The
 * trace has the last frames of the game that was powered on last, and the calls of the test; `emu trace show`
 * makes a page of it. The error says where it is.
 */
export function traced<A extends unknown[]>(
  body: (...args: A) => unknown,
  options: TracedOptions = {},
): (...args: A) => Promise<void> {
  const place = testLine();
  return async (...args: A): Promise<void> => {
    const trace = new TestTrace(place?.path);
    try {
      await running.run(trace, () => body(...args));
    } catch (error) {
      const path = trace.write(error, place, options);
      if (path !== undefined && error instanceof Error) noteIn(error, path);
      throw error;
    }
  };
}

/** Records a game if a traced test runs. Call it when a game is powered on with these options. */
export function recordTrace(game: Game, options: NesOptions): void {
  running.getStore()?.watch(game, options);
}

/** The actions of a test on the game that it powered on last. */
class TestTrace {
  readonly #testPath: string | undefined;
  readonly #calls: TraceCall[] = [];
  #game: Game | undefined;
  #options: NesOptions = {};
  #recorder: FrameRecorder | undefined;
  #depth = 0;

  constructor(testPath: string | undefined) {
    this.#testPath = testPath;
  }

  watch(game: Game, options: NesOptions): void {
    this.#game = game;
    this.#options = options;
    const recorder = new FrameRecorder(game.machine);
    this.#recorder = recorder;
    this.#calls.length = 0;
    game.beforeFrame = () => recorder.beforeFrame();
    for (const name of CALLS) this.#watchCalls(game, name);
  }

  /** Writes the trace of a failure. Returns its path; undefined if there was no game or no room for it. */
  write(error: unknown, place: TestLine | undefined, options: TracedOptions): string | undefined {
    const game = this.#game;
    const recorder = this.#recorder;
    if (game === undefined || recorder === undefined) return undefined;
    const folder = options.folder ?? join(dirname(place?.path ?? "."), "__traces__");
    const name = options.name ?? (place === undefined ? "test" : `${basename(place.path)}-${place.line}`);
    const path = join(folder, `${name.replace(/[^\w.-]+/g, "-")}.emutrace`);
    try {
      mkdirSync(folder, { recursive: true });
      writeTraceFile(path, this.#trace(game, recorder, error, place));
      return path;
    } catch (problem) {
      // The test's own failure is more important.
      console.warn(`emu: the trace was not written: ${String(problem)}`);
      return undefined;
    }
  }

  #trace(game: Game, recorder: FrameRecorder, error: unknown, place: TestLine | undefined): FailureTrace {
    const replayed = recorder.replay(createHeadless(game.rom.image, this.#options));
    const failed = this.#failedLine(error) ?? this.#calls.at(-1)?.line ?? place?.line ?? 1;
    return {
      format: "emutrace",
      version: 1,
      rom: game.rom.fileName,
      failure: plain(error instanceof GameError ? error.what : messageOf(error)),
      place: game.place,
      callers: game.callers,
      calls: this.#calls,
      ...replayed,
      names: traceNames(game.symbols),
      test: place === undefined ? undefined : sourceAt(place.path, failed),
      source: traceGameSource(game.places, game.machine.cpu.pc, game.rom.path),
    };
  }

  #watchCalls(game: Game, name: (typeof CALLS)[number]): void {
    const original = game[name] as (...args: unknown[]) => unknown;
    const watched = (...args: unknown[]): unknown => {
      if (this.#depth > 0) return Reflect.apply(original, game, args);
      const from = game.frame;
      const line = this.#callerLine();
      let failed = true;
      this.#depth++;
      try {
        const result: unknown = Reflect.apply(original, game, args);
        failed = false;
        return result;
      } finally {
        this.#depth--;
        const text = `${name}(${args.map(argumentText).join(", ")})`;
        if (this.#calls.length === MAX_CALLS) this.#calls.shift();
        this.#calls.push({ text, line, from, to: game.frame, failed });
      }
    };
    Object.defineProperty(game, name, { value: throwsAtCaller(watched), configurable: true });
  }

  /** The line of the test that is calling; 0 if it is unknown. */
  #callerLine(): number {
    const lines = stackLines(new Error("here").stack);
    return lines.find(({ path }) => path === this.#testPath)?.line ?? 0;
  }

  #failedLine(error: unknown): number | undefined {
    const stack = error instanceof Error ? error.stack : undefined;
    return stackLines(stack).find(({ path }) => path === this.#testPath)?.line;
  }
}

/** Adds the place of a trace to an error's text. */
function noteIn(error: Error, path: string): void {
  const note = `\n  trace: ${shortPath(path)} (emu trace show)`;
  try {
    error.message += note;
  } catch {
    console.warn(note.trim());
  }
}

/** The line of the test file that calls the library. */
function testLine(): TestLine | undefined {
  return stackLines(new Error("here").stack).find(({ path }) => !path.startsWith(OWN_FOLDER));
}

/** The files and lines of a stack, the innermost first. */
function stackLines(stack = ""): TestLine[] {
  return stack.split("\n").flatMap((text) => {
    const [, file, line] = /(?:\(|at |@)((?:file:\/\/)?\/[^()]*?):(\d+)(?::\d+)?\)?$/.exec(text.trim()) ?? [];
    if (file === undefined) return [];
    return [{ path: file.startsWith("file:") ? fileURLToPath(file) : file, line: Number(line) }];
  });
}

function argumentText(value: unknown): string {
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  try {
    if (typeof value === "function") return String(value).replace(/\s+/g, " ").slice(0, MAX_ARGUMENT);
    const text =
      typeof value === "object"
        ? String(JSON.stringify(value))
        : typeof value === "string"
          ? `"${value}"`
          : String(value);
    return text.length > MAX_ARGUMENT ? `${text.slice(0, MAX_ARGUMENT)}…` : text;
  } catch {
    // An object with a cycle, for example, has no JSON. The call itself must not fail for it.
    return typeof value;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Without the colours that `expect` uses. */
function plain(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one
  return text.replace(/\x1b\[[\d;]*m/g, "");
}
