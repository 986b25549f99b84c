import { readdir, realpath, stat } from "node:fs/promises";
import { basename, dirname, extname, isAbsolute, join, relative } from "node:path";
import type { CallToolResult } from "@modelcontextprotocol/sdk/types.js";
import { z } from "zod";
import { InputError } from "../../../emu/input-error.ts";
import { collectTests } from "../../conform/collect.ts";
import { runTests } from "../../conform/run-tests.ts";
import { writeFileWhole } from "../../files/atomic-write.ts";
import { readFileCapped } from "../../files/read-file.ts";
import type { Game } from "../../library/game.ts";
import { hex } from "../../library/place-map.ts";
import type { Movie } from "../../movies/movie.ts";
import { saveMovie } from "../../movies/movie-file.ts";
import { answer, situation } from "../answer.ts";
import type { McpSession } from "../session.ts";
import { runUnitTests } from "../unit-tests.ts";
import { addressOrSymbol, addTool, place, type Toolbox } from "./tool.ts";

const MOVIE_NAME = /\.(json|fm2|bk2)$/i;
const TEST_NAME = /\.test\.ts$/i;
const CODE_NAME = /\.(ts|js|mjs|tsx)$/i;
/** Limit on the frames of a recording: an hour. */
const MAX_FRAMES = 216_000;
const MAX_PICTURES = 4;
const MAX_PICTURE_BYTES = 4 * 1024 * 1024;
const MAX_OUTPUT_CHARACTERS = 12_000;
const TEST_SECONDS = 300;

/** Adds `record` and `run_tests`. */
export function addTestTools(box: Toolbox): void {
  addRecord(box);
  addRunTests(box);
}

function addRecord(box: Toolbox): void {
  const { session } = box;
  addTool(
    box,
    "record",
    {
      title: "Record a movie or a test",
      description:
        "Write what led from power-on to now: as a movie (.json, .fm2, .bk2), or as a unit test (.test.ts) with its movie " +
        "beside it, which expects the bytes that are in memory now. Detours that were undone by loading states are not in it.",
      input: {
        path: z.string().min(1).max(500).describe("below the root; missing folders are made"),
        title: z.string().min(1).max(200).default("plays as recorded").describe("for a test: its name"),
        expect: z
          .array(z.strictObject({ place, count: z.int().min(1).max(64).default(1) }))
          .max(32)
          .default([])
          .describe("for a test: the bytes that it checks at the end"),
      },
    },
    async ({ path, title, expect }) => {
      const isTest = TEST_NAME.test(path);
      if (!isTest && !MOVIE_NAME.test(path))
        throw new InputError(
          "usage",
          "unknown kind of file",
          path,
          "end the name with .json, .fm2, .bk2 or .test.ts",
        );
      const target = await session.root.writable(path);
      const movie = await recordMovie(session);
      if (!isTest) {
        await saveMovie(target, movie);
        return answer({ wrote: session.root.show(target), frames: movie.frames });
      }
      const movieTarget = await session.root.writable(path.replace(TEST_NAME, ".json"));
      const checks = expect.map((each) => checkOf(session.game, addressOrSymbol(each.place), each.count));
      const source = await testSource(session, {
        target,
        title,
        movie: basename(movieTarget),
        frames: movie.frames,
        checks,
      });
      await saveMovie(movieTarget, movie);
      await writeFileWhole(target, source);
      const written = [target, movieTarget].map((file) => session.root.show(file));
      return answer({ wrote: written, frames: movie.frames, next: `run_tests with path ${written[0]}` });
    },
  );
}

/** Plays the tape again from power-on on a second machine, and records it with hashes. */
async function recordMovie(session: McpSession): Promise<Movie> {
  session.requireFrameEnd();
  const { tape, game } = session;
  if (tape.impureBecause !== "")
    throw new InputError(
      "usage",
      `the way to here cannot be recorded: ${tape.impureBecause}`,
      "",
      "load a state from before that, or reset with power",
    );
  if (tape.length > MAX_FRAMES)
    throw new InputError(
      "usage",
      `the recording has ${tape.length} frames; at most ${MAX_FRAMES} are possible`,
    );
  const twin = session.twin();
  const recording = twin.record();
  for (let frame = 0; frame < tape.length; frame++) {
    for (const reset of tape.resets) if (reset.position === frame) twin.reset(reset.kind);
    twin.step(tape.masks[frame]!, 1);
    if (frame % 120 === 119) await new Promise(setImmediate);
  }
  if (Buffer.compare(twin.save(), game.save()) !== 0)
    throw new Error("the recording does not lead to the present");
  return recording.movie();
}

function checkOf(game: Game, given: number | string, count: number): string {
  const text =
    typeof given === "string" ? JSON.stringify(given) : `0x${hex(given, 4).slice(1).toLowerCase()}`;
  return `  expect(nes.bytes(${text}, ${count})).toEqual([${game.bytes(given, count).join(", ")}]);`;
}

interface TestParts {
  readonly target: string;
  readonly title: string;
  readonly movie: string;
  readonly frames: number;
  readonly checks: readonly string[];
}

async function testSource(
  session: McpSession,
  { target, title, movie, frames, checks }: TestParts,
): Promise<string> {
  const { path: given, container } = session.cartridge.rom;
  // The ROM of the command line can be reached through links. The built-in game has a bare name.
  const path = isAbsolute(given) ? await realpath(given).catch(() => given) : given;
  if (container !== "none" || !isAbsolute(path) || !session.root.contains(path))
    throw new InputError(
      "usage",
      "a test needs a ROM file below the root",
      path,
      "load the game from a .nes file",
    );
  const rom = relative(dirname(target), path).replaceAll("\\", "/");
  return [
    'import { expect, test } from "bun:test";',
    'import { join } from "node:path";',
    'import { load, loadMovie } from "emuterm";',
    "",
    `test(${JSON.stringify(title)}, async () => {`,
    `  const nes = await load(join(import.meta.dir, ${JSON.stringify(rom)}));`,
    `  nes.play(await loadMovie(join(import.meta.dir, ${JSON.stringify(movie)})));`,
    `  nes.frames(${frames});`,
    ...checks,
    "});",
    "",
  ].join("\n");
}

function addRunTests(box: Toolbox): void {
  const { session } = box;
  addTool(
    box,
    "run_tests",
    {
      title: "Run tests",
      description:
        "Run unit tests (.test.ts files or a folder of them, with bun test), or grade a manifest, ROMs or a folder of ROMs as " +
        "emu conform does. Returns the failures, with pictures.",
      input: {
        path: z.string().min(1).max(500).describe("below the root"),
        kind: z.enum(["auto", "unit", "conform"]).default("auto"),
      },
    },
    async ({ path, kind }, signal) => {
      const target = await session.root.existing(path);
      const isUnit = kind === "unit" || (kind === "auto" && (await holdsUnitTests(target)));
      return isUnit ? answerUnitTests(session, target, signal) : gradeRoms(session, target, signal);
    },
  );
}

async function holdsUnitTests(target: string): Promise<boolean> {
  if (CODE_NAME.test(target)) return true;
  if (!(await stat(target)).isDirectory()) return false;
  return (await readdir(target)).some((name) => TEST_NAME.test(name));
}

async function gradeRoms(session: McpSession, target: string, signal: AbortSignal): Promise<CallToolResult> {
  const tests = await collectTests([target]);
  const graded = await runTests(tests, { jobs: 2, pictures: true, signal }).catch((error) => {
    throw signal.aborted ? new InputError("usage", "the tests were stopped: the client has left") : error;
  });
  const failed = graded.filter(({ result }) => result.verdict === "fail" || result.verdict === "error");
  const pictures = failed
    .flatMap(({ screen }) => (screen === undefined ? [] : [screen]))
    .slice(0, MAX_PICTURES);
  const failures = failed.map(({ result }) => ({
    test: session.root.show(result.name ?? result.rom),
    verdict: result.verdict,
    detail: result.detail,
    frames: result.frames,
  }));
  return answer(
    {
      passed: graded.filter(({ result }) => result.verdict === "pass").length,
      failed: failed.length,
      failures,
    },
    ...pictures,
  );
}

async function answerUnitTests(
  session: McpSession,
  target: string,
  signal: AbortSignal,
): Promise<CallToolResult> {
  if (Bun.isStandaloneExecutable)
    throw new InputError(
      "unavailable",
      "the executable of emu cannot run unit tests",
      "",
      "install the package emuterm",
    );
  const began = Date.now();
  const run = await runUnitTests(target, { cwd: session.root.path, signal, limitMs: 1000 * TEST_SECONDS });
  const passed = run.code === 0 && run.stopped === undefined;
  const pictures = passed ? [] : await failurePictures(dirname(target), began);
  const stopped = run.stopped === "limit" ? `after ${TEST_SECONDS} s` : "the client has left";
  return answer(
    {
      passed,
      ...(run.stopped === undefined ? {} : { stopped }),
      ...situationOrNothing(session),
      output: session.root.show(run.output.trim().slice(-MAX_OUTPUT_CHARACTERS)).split("\n"),
    },
    ...pictures,
  );
}

function situationOrNothing(session: McpSession) {
  try {
    return situation(session);
  } catch {
    return {};
  }
}

/** Pictures written by failed comparisons since `began`, in milliseconds since 1970. */
async function failurePictures(folder: string, began: number): Promise<Uint8Array[]> {
  const failed = join(folder, "__pictures__", "failed");
  const names = await readdir(failed).catch(() => []);
  const pictures: Uint8Array[] = [];
  for (const name of names.filter((each) => extname(each) === ".png").sort()) {
    const path = join(failed, name);
    if (pictures.length < MAX_PICTURES && (await stat(path)).mtimeMs >= began - 1000)
      pictures.push(await readFileCapped(path, MAX_PICTURE_BYTES));
  }
  return pictures;
}
