import { readdir, stat } from "node:fs/promises";
import { dirname, extname, join } from "node:path";
import type { CallToolResult } from "@modelcontextprotocol/sdk/types.js";
import { z } from "zod";
import { InputError } from "../../../emu/input-error.ts";
import { collectTests } from "../../conform/collect.ts";
import { runTests } from "../../conform/run-tests.ts";
import { readFileCapped } from "../../files/read-file.ts";
import { answer, situation } from "../answer.ts";
import type { McpSession } from "../session.ts";
import { runUnitTests } from "../unit-tests.ts";
import { addRecord } from "./record-tool.ts";
import { addTool, type Toolbox } from "./tool.ts";

const TEST_NAME = /\.test\.ts$/i;
const CODE_NAME = /\.(ts|js|mjs|tsx)$/i;
const MAX_PICTURES = 4;
const MAX_PICTURE_BYTES = 4 * 1024 * 1024;
const MAX_OUTPUT_CHARACTERS = 12_000;
const TEST_SECONDS = 300;
/** Bun's message for an import of the package where it is not installed. */
const PACKAGE_MISSING = /Cannot find (module|package) ['"]emuterm['"/]/;

/** Adds `record` and `run_tests`. */
export function addTestTools(box: Toolbox): void {
  addRecord(box);
  addRunTests(box);
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
      ...(PACKAGE_MISSING.test(run.output)
        ? { next: "the tests need the package emuterm: run npm install emuterm in the folder of the root" }
        : {}),
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
