/** The commands that documents, help pages, remedies and reports show. */
import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { COMMAND_LIST } from "../../src/cli/command-list.ts";
import { createProgram } from "../../src/cli/main.ts";

const ROOT = join(import.meta.dir, "../..");
/** A command, up to the end of its line, its code, its quotes or its clause, or to the next command. */
const SHOWN = /\bemu(?:term)? ([a-z]+)\b((?:(?!\bemu |, )[^`"\n|#;])*)/g;
const OPTION = /(?<![\w-])--[a-z][a-z0-9-]*/g;

async function optionsOf(name: string): Promise<ReadonlySet<string>> {
  const [command] = (await createProgram(name)).commands;
  const all = [command!, ...command!.commands].flatMap(({ options }) => options.map(({ long }) => long!));
  return new Set([...all, "--help"]);
}

function files(pattern: string): string[] {
  return [...new Bun.Glob(pattern).scanSync({ cwd: ROOT })].filter((path) => !path.includes("node_modules"));
}

test("every option of a shown command is one of that command", async () => {
  const known = new Map<string, ReadonlySet<string>>();
  for (const name of Object.keys(COMMAND_LIST)) known.set(name, await optionsOf(name));
  const paths = ["README.md", ...files("docs/*.md"), ...files("src/**/*.ts"), ...files("examples/**/*.md")];
  const wrong = paths.flatMap((path) =>
    [...readFileSync(join(ROOT, path), "utf8").matchAll(SHOWN)].flatMap(([line, name = "", rest = ""]) => {
      const options = known.get(name);
      if (options === undefined) return [];
      return [...rest.matchAll(OPTION)].flatMap(([option]) =>
        options.has(option) ? [] : [`${path}: ${option} in: ${line.trim()}`],
      );
    }),
  );
  expect(wrong).toEqual([]);
}, 60_000);

test("every shown emu dump that runs several frames names a format or a place", () => {
  const wrong = ["README.md", ...files("docs/*.md")].flatMap((path) =>
    [...readFileSync(join(ROOT, path), "utf8").matchAll(/^emu dump .*--frames .*$/gm)].flatMap(([line]) =>
      /--format|--out/.test(line) ? [] : [`${path}: ${line}`],
    ),
  );
  expect(wrong).toEqual([]);
});
