import { afterEach, expect, test } from "bun:test";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { MIB } from "../../../../src/emu/units.ts";
import { FileStore } from "../../../../src/io/conform/farm/file-store.ts";
import { JobFiles } from "../../../../src/io/conform/farm/job-files.ts";
import { fileKey } from "../../../../src/io/conform/farm/keys.ts";
import type { JobTest } from "../../../../src/io/conform/farm/queue.ts";
import type { FarmRedis } from "../../../../src/io/conform/farm/redis.ts";
import { sha256Hex } from "../../../../src/io/files/hashes.ts";
import { inputErrorFrom } from "../../../support/input-errors.ts";
import { temporaryFolder } from "../../../support/temporary-folder.ts";

const cache = temporaryFolder("farm-files");
const inRedis = new Map<string, Uint8Array>();
const redis = { bytes: async (key: string) => inRedis.get(key) ?? null } as unknown as FarmRedis;
let files = new JobFiles(redis, new FileStore(cache, 0, () => {}));

afterEach(async () => {
  await files.close();
  files = new JobFiles(redis, new FileStore(cache, 0, () => {}));
  rmSync(cache, { recursive: true, force: true });
  inRedis.clear();
});

/** The files of a job: one with this text, of a size that the job states. */
function job(text: string, bytes: number): JobTest["files"] {
  const contents = new TextEncoder().encode(text);
  const sha256 = sha256Hex(contents);
  inRedis.set(fileKey(sha256), contents);
  return [["0/game.nes", sha256, bytes]];
}

const textIn = (folder: string): string => readFileSync(join(folder, "0/game.nes"), "utf8");

/** Lets pending steps of promises run, but nothing that waits for a file. */
async function steps(): Promise<void> {
  for (let i = 0; i < 50; i++) await Promise.resolve();
}

test("tests with the same files share a folder, which is kept for the next ones", async () => {
  const same = job("a", 1);
  const used = await Promise.all([1, 2, 3].map(() => files.inFolder(same, async (folder) => folder)));
  used.push(await files.inFolder(same, async (folder) => folder));
  expect(new Set(used).size).toBe(1);
  expect(textIn(used[0]!)).toBe("a");
});

test("a test that begins while folders are removed has its files until it ends", async () => {
  const [a, b, c] = [job("a", 20 * MIB), job("b", 20 * MIB), job("c", 60 * MIB)];
  const first = await files.inFolder(a, async (folder) => folder);
  await files.inFolder(b, async () => {});
  let again: Promise<string> | undefined;
  const last = files.inFolder(c, async () => {
    void steps().then(() => {
      // The folders of a and b are being removed now.
      again = files.inFolder(b, async (folder) => {
        await last;
        return textIn(folder);
      });
    });
  });
  await last;
  expect(existsSync(first)).toBe(false);
  expect(await again).toBe("b");
});

test("after a file was lost, the next test with it gets a folder of its own", async () => {
  const lost = job("a", 1);
  inRedis.clear();
  const failures = await Promise.all([1, 2].map(() => inputErrorFrom(files.inFolder(lost, async () => {}))));
  expect(failures.map(({ kind }) => kind)).toEqual(["missing", "missing"]);
  job("a", 1);
  const [one, two] = await Promise.all([1, 2].map(() => files.inFolder(lost, async (folder) => folder)));
  expect(one).toBe(two!);
  expect(textIn(one!)).toBe("a");
});

test("close removes everything", async () => {
  const root = dirname(await files.inFolder(job("a", 1), async (folder) => folder));
  expect(existsSync(root)).toBe(true);
  await files.close();
  expect(existsSync(root)).toBe(false);
});
