import { serialize } from "node:v8";
import { InputError } from "../../../emu/input-error.ts";
import { loadRom } from "../../files/roms/rom-file.ts";
import { printable } from "../../files/text.ts";
import { resolveSymbols } from "../expect/symbols.ts";
import { errorDetail, type Graded } from "../grade.ts";
import { FileHashes, hashOfTest, type PortableTest, portableTest, usesSymbols } from "../portable-test.ts";
import { resultOf } from "../results.ts";
import type { TestSpec } from "../types.ts";
import { mapTexts, placeMark } from "./places.ts";
import type { JobTest } from "./queue.ts";

const PREPARED_AT_ONCE = 500;

/** A test in the form that is sent to workers, and the parts that the submitter keeps. */
export interface Prepared {
  readonly test: TestSpec;
  readonly portable: PortableTest;
  readonly hash: string;
  /** Warnings of its symbol files, which only the submitter reads. */
  readonly warnings: readonly string[];
  /** Present if the test cannot be sent. */
  readonly failed?: Graded;
}

export async function prepareAll(tests: readonly TestSpec[]): Promise<Prepared[]> {
  const hashes = new FileHashes();
  const prepared: Prepared[] = [];
  for (let at = 0; at < tests.length; at += PREPARED_AT_ONCE) {
    prepared.push(
      ...(await Promise.all(tests.slice(at, at + PREPARED_AT_ONCE).map((test) => prepare(test, hashes)))),
    );
  }
  return prepared;
}

/** Resolves symbols here, since symbol files may name other files of this machine. */
async function prepare(test: TestSpec, hashes: FileHashes): Promise<Prepared> {
  let spec = test;
  let warnings: readonly string[] = [];
  let failed: Graded | undefined;
  if (usesSymbols(test)) {
    try {
      const resolved = await resolveSymbols(
        test,
        (await loadRom(test.romFile, { patches: test.patchFiles })).image,
      );
      warnings = resolved.warnings;
      const { symbolFiles: _files, ...rest } = resolved.spec;
      spec = withoutSymbols(rest);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      const detail = errorDetail(error);
      failed = { result: resultOf(test, { verdict: "error", detail }, { frames: 0, milliseconds: 0 }) };
    }
  }
  const portable = await portableTest(spec, hashes);
  return {
    test,
    portable,
    hash: hashOfTest(portable),
    warnings,
    ...(failed === undefined ? {} : { failed }),
  };
}

function withoutSymbols(test: TestSpec): TestSpec {
  const strip = <T extends { readonly memory: NonNullable<TestSpec["expect"]>[number]["rules"]["memory"] }>(
    rules: T,
  ): T => ({
    ...rules,
    memory: rules.memory.map(({ symbol: _symbol, ...rule }) => rule),
  });
  const expect = (test.expect ?? []).map(({ when, ...one }) => ({
    ...one,
    rules: strip(one.rules),
    ...(when === undefined ? {} : { when: strip(when) }),
  }));
  return { ...test, expect };
}

/** The test as it is sent to workers. */
export function jobTest(index: number, { spec, files, paths }: PortableTest): JobTest {
  const present = new Set(files.map(({ place }) => place));
  return {
    index,
    spec: serialize(spec).toString("base64"),
    files: files.map(({ place, sha256, bytes }) => [place, sha256, bytes]),
    missing: [...paths.keys()].filter((place) => !present.has(place)),
  };
}

/** The result as it would be on this machine: with its paths, and warnings of symbol files. */
export function localized({ portable, warnings }: Prepared, graded: Graded): Graded {
  const mapped = mapTexts(graded, (text) => {
    let out = text;
    if (!text.includes("\u0001")) return text;
    for (const [place, path] of portable.paths) out = out.replaceAll(placeMark(place), printable(path));
    return out;
  });
  if (warnings.length === 0) return mapped;
  return {
    ...mapped,
    result: { ...mapped.result, warnings: [...(mapped.result.warnings ?? []), ...warnings] },
  };
}
