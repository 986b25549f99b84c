import { expect, test } from "bun:test";
import { readdirSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { InputError } from "../../../../src/emu/input-error.ts";
import { FileStore } from "../../../../src/io/conform/farm/file-store.ts";
import { sha256Hex } from "../../../../src/io/files/hashes.ts";
import { temporaryFolder } from "../../../support/temporary-folder.ts";

const root = temporaryFolder("farm-store");
let folders = 0;

function store(maxBytes: number, folder = join(root, String(folders++))) {
  const problems: InputError[] = [];
  const files = new FileStore(folder, maxBytes, (problem) => problems.push(problem));
  const fetched: number[] = [];
  /** Takes the contents with a number; `bytes` of them. */
  const take = async (number: number, bytes = 100): Promise<void> => {
    const contents = new Uint8Array(bytes).fill(number);
    const given = await files.contents(sha256Hex(contents), async () => {
      fetched.push(number);
      return contents;
    });
    expect(sha256Hex(given)).toBe(sha256Hex(contents));
  };
  /** Sets when contents were last used, since a clock may be coarse. */
  const usedAt = (number: number, seconds: number, bytes = 100): void =>
    utimesSync(join(folder, sha256Hex(new Uint8Array(bytes).fill(number))), seconds, seconds);
  const keptBytes = (): number =>
    readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
  return { folder, problems, fetched, take, usedAt, keptBytes };
}

test("contents are fetched once, also by another worker", async () => {
  const first = store(10_000);
  await first.take(1);
  await first.take(1);
  const other = store(10_000, first.folder);
  await other.take(1);
  expect([first.fetched, other.fetched]).toEqual([[1], []]);
});

test("damaged contents are fetched again", async () => {
  const { folder, fetched, take } = store(10_000);
  await take(1);
  writeFileSync(join(folder, readdirSync(folder)[0]!), "damaged");
  await take(1);
  await take(1);
  expect(fetched).toEqual([1, 1]);
});

test("the files that were used least recently are removed when the limit is reached", async () => {
  const { fetched, take, usedAt, keptBytes } = store(1000);
  for (let i = 0; i < 9; i++) {
    await take(i);
    usedAt(i, 1000 + i);
  }
  await take(0);
  usedAt(0, 2000);
  for (let i = 10; i < 15; i++) {
    await take(i);
    expect(keptBytes()).toBeLessThanOrEqual(1000);
  }
  fetched.length = 0;
  await take(0);
  await take(1);
  expect(fetched).toEqual([1]);
});

test("workers that share a folder stay below the limit, but for a part of it each", async () => {
  const one = store(3200);
  const two = store(3200, one.folder);
  for (let i = 0; i < 60; i++) {
    await Promise.all([one.take(2 * i), two.take(2 * i + 1)]);
    expect(one.keptBytes()).toBeLessThanOrEqual(3200 + 2 * 200);
  }
});

test("what is larger than the limit, and everything with a limit of 0, is not kept", async () => {
  const none = store(0);
  await none.take(1);
  const small = store(50);
  await small.take(1);
  await small.take(1);
  expect([none.fetched, small.fetched, none.problems, small.problems]).toEqual([[1], [1, 1], [], []]);
});

test("a folder that cannot be written is reported once, and contents are fetched each time", async () => {
  const file = join(root, "file");
  writeFileSync(file, "");
  const { problems, fetched, take } = store(10_000, join(file, "farm"));
  for (const number of [1, 1, 2]) await take(number);
  expect(fetched).toEqual([1, 1, 2]);
  expect(problems.map(({ kind, message }) => `${kind}: ${message}`)).toEqual([
    "io: cannot be written: part of its path is not a folder",
  ]);
});
