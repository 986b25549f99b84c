import { expect, test } from "bun:test";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { makeTemporaryFolder } from "../../../src/io/files/abandoned.ts";
import { createEncoder } from "../../../src/io/render/encoders.ts";
import { setupFor } from "../../support/game-frames.ts";

test("a temporary folder of a killed process is removed by the next one of its kind", async () => {
  const parent = mkdtempSync(join(tmpdir(), "emu-abandoned-"));
  const { pid } = Bun.spawnSync(["true"]);
  const others = [
    `emuterm-core-${process.pid}-abcdef`,
    `emuterm-game-${pid}-abcdef`,
    "emuterm-core-abcdef",
    `emuterm-rescued-${pid}-game.sav`,
  ];
  for (const name of [...others, `emuterm-core-${pid}-abcdef`]) {
    mkdirSync(join(parent, name));
    writeFileSync(join(parent, name, "file"), "");
  }
  const made = basename(await makeTemporaryFolder("core", parent));
  expect(made).toStartWith(`emuterm-core-${process.pid}-`);
  expect(readdirSync(parent).sort()).toEqual([...others, made].sort());
  rmSync(parent, { recursive: true });
});

test.skipIf(process.platform !== "linux")(
  "pictures of a killed process in shared memory are removed by the next encoder",
  () => {
    const { pid } = Bun.spawnSync(["true"]);
    const left = ["1-3", "1-3-kept", "probe"].map((end) => `/dev/shm/emuterm-${pid}-${end}`);
    const other = `/dev/shm/emuterm-rescued-${pid}-1-3`;
    for (const path of [...left, other]) writeFileSync(path, "");
    createEncoder("kitty-shm", setupFor(80, 24))?.close?.();
    expect([...left, other].filter((path) => existsSync(path))).toEqual([other]);
    rmSync(other);
  },
);
