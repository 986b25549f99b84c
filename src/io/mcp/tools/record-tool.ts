import { lstat, realpath } from "node:fs/promises";
import { basename, dirname, isAbsolute, relative } from "node:path";
import { z } from "zod";
import { InputError } from "../../../emu/input-error.ts";
import { writeFileWhole } from "../../files/atomic-write.ts";
import { readFileCapped } from "../../files/read-file.ts";
import type { Game } from "../../library/game.ts";
import { hex } from "../../library/place-map.ts";
import type { Movie } from "../../movies/movie.ts";
import { loadMovie, saveMovie } from "../../movies/movie-file.ts";
import { answer } from "../answer.ts";
import type { McpSession } from "../session.ts";
import { addressOrSymbol, addTool, place, type Toolbox } from "./tool.ts";

const MOVIE_NAME = /\.(json|fm2|bk2)$/i;
const TEST_NAME = /\.test\.ts$/i;
/** The first line of recorded tests. */
const TEST_MARK = "// Recorded by emu mcp.";
const MAX_TEST_BYTES = 1024 * 1024;
/** Limit on the frames of a recording: an hour. */
const MAX_FRAMES = 216_000;

/** Adds `record`. */
export function addRecord(box: Toolbox): void {
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
        overwrite: z.boolean().default(false).describe("replace a movie or test of an earlier session"),
      },
    },
    async ({ path, title, expect, overwrite }) => {
      const isTest = TEST_NAME.test(path);
      if (!isTest && !MOVIE_NAME.test(path))
        throw new InputError(
          "usage",
          "unknown kind of file",
          path,
          "end the name with .json, .fm2, .bk2 or .test.ts",
        );
      const target = await recordTarget(session, path, overwrite);
      const movieTarget = isTest
        ? await recordTarget(session, path.replace(TEST_NAME, ".json"), overwrite)
        : target;
      const movie = await recordMovie(session);
      if (!isTest) {
        await saveMovie(target, movie);
        session.recordedFiles.add(target);
        return answer({ wrote: session.root.show(target), frames: movie.frames });
      }
      const checks = expect.map((each) => checkOf(session.game, addressOrSymbol(each.place), each.count));
      const source = await testSource(session, {
        target,
        title,
        movie: basename(movieTarget),
        frames: movie.frames,
        checks,
      });
      await saveMovie(movieTarget, movie);
      session.recordedFiles.add(movieTarget);
      await writeFileWhole(target, source);
      session.recordedFiles.add(target);
      const written = [target, movieTarget].map((file) => session.root.show(file));
      return answer({ wrote: written, frames: movie.frames, next: `run_tests with path ${written[0]}` });
    },
  );
}

/**
 * The path of a file that can be written. Throws `InputError` if it exists and this session did not write it:
 * with `overwrite`, movies and recorded tests can be replaced, and never anything else.
 */
async function recordTarget(session: McpSession, path: string, overwrite: boolean): Promise<string> {
  const target = await session.root.writable(path);
  if (session.recordedFiles.has(target) || (await lstat(target).catch(() => undefined)) === undefined)
    return target;
  if (!(await isRecording(target)))
    throw new InputError(
      "usage",
      "exists, and is neither a movie nor a recorded test",
      target,
      "give another name",
    );
  if (!overwrite)
    throw new InputError("usage", "exists already", target, "give another name, or overwrite: true");
  return target;
}

/** Returns true for movies of any emulator, and for tests that `record` wrote. */
async function isRecording(path: string): Promise<boolean> {
  try {
    if (TEST_NAME.test(path))
      return new TextDecoder().decode(await readFileCapped(path, MAX_TEST_BYTES)).startsWith(TEST_MARK);
    await loadMovie(path);
    return true;
  } catch (error) {
    if (error instanceof InputError) return false;
    throw error;
  }
}

/** Plays the tape again from power-on on a second machine, and records it with hashes. */
async function recordMovie(session: McpSession): Promise<Movie> {
  session.requireFrameEnd();
  const { tape, game } = session;
  if (tape.impureBecause !== "")
    throw new InputError(
      "usage",
      `the game up to this point cannot be recorded: ${tape.impureBecause}`,
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
    TEST_MARK,
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
