import { expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { collectTests } from "../../../src/io/conform/collect.ts";
import { grade } from "../../../src/io/conform/grade.ts";
import { FileHashes, portableTest } from "../../../src/io/conform/portable-test.ts";
import { BUILT_IN_NAMES } from "../../../src/io/files/roms/built-in-game.ts";
import { emu } from "../../support/cli.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { blarggStatus, TestProgram } from "../../support/test-program.ts";

const folder = temporaryFolder("collect");

test.each(BUILT_IN_NAMES)("%s, which comes with emu, is a test", async (name) => {
  const [spec, ...others] = await collectTests([name]);
  expect(others).toEqual([]);
  const { result } = await grade({ ...spec!, maxFrames: 10 });
  // It shows no result that could be read.
  expect(result).toMatchObject({ rom: name, verdict: "skip" });
  // A worker of the farm gets the file.
  const { spec: sent, files } = await portableTest(spec!, new FileHashes());
  expect(sent.romFile).toBe(`0/${name}.nes`);
  expect(files.map(({ place }) => place)).toEqual([`0/${name}.nes`]);
});

test("a file or folder with the name of a game that comes with emu comes first", () => {
  const passing = blarggStatus(new TestProgram().waitFrames(2), 0).forever().toRom();
  writeFileSync(join(folder, "swingby"), passing);
  mkdirSync(join(folder, "test-card"));
  writeFileSync(join(folder, "test-card", "pass.nes"), passing);
  const { exitCode, stdout } = emu(["conform", "swingby", "test-card"], { cwd: folder });
  expect([exitCode, stdout.toString()]).toEqual([0, expect.stringContaining("2 passed")]);
});
