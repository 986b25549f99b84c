import { afterAll, expect, test } from "bun:test";
import { linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkOutputs } from "../../../src/io/files/outputs.ts";

const folder = mkdtempSync(join(tmpdir(), "emu-outputs-"));
afterAll(() => rmSync(folder, { recursive: true }));
const file = (name: string): string => join(folder, name);
mkdirSync(file("sub"));
writeFileSync(file("game.zip"), "zip");
writeFileSync(file("game.zip#copy"), "another file");
linkSync(file("game.zip"), file("hard"));
symlinkSync("game.zip", file("soft"));
symlinkSync("sub", file("folder"));

test.each<[input: string, output: string]>([
  ["game.zip", "game.zip"],
  ["game.zip", "sub/../game.zip"],
  ["game.zip", "soft"],
  ["game.zip", "hard"],
  ["soft", "game.zip"],
  ["game.zip#inner.nes", "game.zip"],
  ["game.zip/inner.nes", "game.zip"],
  ["sub/new.sav", "folder/new.sav"],
])("an output must not replace its input: %s, %s", (input, output) => {
  const path = `${folder}/${output}`;
  expect(() => checkOutputs([file(input)], [path])).toThrow("would replace a file");
  expect(() => checkOutputs([], [file(input.replace(/.inner.*/, "")), path])).toThrow("is named twice");
});

test.each<[input: string, output: string]>([
  ["game.zip", "other.zip"],
  ["game.zip", "game.zip#copy"],
  ["game.zip", "none/game.zip"],
  ["/dev/null", "/dev/null"],
])("other outputs are fine: %s, %s", (input, output) => {
  const path = (name: string): string => (name.startsWith("/") ? name : file(name));
  expect(() => checkOutputs([path(input)], [path(output), "/dev/null", "/dev/null"])).not.toThrow();
});
