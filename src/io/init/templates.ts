import { FUZZ_FRAMES, FUZZ_RUNS, type GameFacts } from "./look-at-game.ts";

/** Facts about a game's folder. */
export interface Project {
  /** Relative to the folder, with forward slashes. */
  readonly rom: string;
  /** How CI builds the ROM; undefined if the ROM is committed. */
  readonly build: BuildSteps | undefined;
}

export interface BuildSteps {
  /** Shell lines, in order. */
  readonly commands: readonly string[];
}

/** Paths of the generated files. */
export const TEST_FILE = "tests/game.test.ts";
export const MANIFEST_FILE = "tests/tests.toml";
export const PICTURE_FILE = "tests/__pictures__/title.png";
export const WORKFLOW_FILE = ".github/workflows/rom.yml";

export function testFile({ rom }: Project, facts: GameFacts): string {
  const allowed = [facts.executesRam ? "executesRam: true" : "", facts.usesBrk ? "usesBrk: true" : ""];
  const options = [
    `runs: ${FUZZ_RUNS}`,
    `frames: ${FUZZ_FRAMES}`,
    ...allowed.filter((option) => option !== ""),
  ];
  return `import { expect, test } from "bun:test";
import { fuzz, loadCartridge, powerOn } from "emuterm";
import "emuterm/matchers";

// Symbols come from game.dbg (ld65), game.mlb (Mesen) or game.nes.*.nl (FCEUX) beside the ROM, if there is
// one.
const cartridge = await loadCartridge(\`\${import.meta.dir}/../${inTemplate(rom)}\`);

test("the title looks as it should", () => {
  const nes = powerOn(cartridge);
  nes.frames(${facts.titleFrame + 1});
  // ${PICTURE_FILE}; EMU_UPDATE=1 bun test writes it again.
  expect(nes).toMatchPicture("title");
});

test("Start does not crash it", () => {
  const nes = powerOn(cartridge);
  nes.frames(${facts.titleFrame + 1});
  nes.tap("start");
  nes.frames(60);
});

test("random buttons do not crash it", async () => {
  await fuzz(cartridge, { ${options.join(", ")} });
}, 120_000);

// What to test next, using the names in your source:
//   nes.until(() => nes.peek("game_mode") === 1, { maxFrames: 120 });
//   expect(nes).toHaveBytes("score", [0, 0, 0]);
//   expect(nes.call("add_points", { a: 3 })).toTakeAtMost(120);
//   nes.budget("nmi", { maxCycles: 2200 });
// node_modules/emuterm/docs/ci.md has the rest.
`;
}

export function manifestFile({ rom }: Project, facts: GameFacts): string {
  return `#:schema ../node_modules/emuterm/schema/conform.schema.json
[[test]]
name = "title"
rom = ${JSON.stringify(`../${rom}`)}

[[test.expect]]
frame = ${facts.titleFrame}
picture = "__pictures__/title.png"
`;
}

export function workflowFile({ build }: Project): string {
  const steps =
    build === undefined
      ? ""
      : `      - name: Build the ROM
        run: |
${build.commands.map((command) => `          ${command}`).join("\n")}
`;
  return `name: ROM

on: [push, pull_request]

permissions:
  contents: read

jobs:
  test:
    runs-on: ubuntu-latest
    timeout-minutes: 10
    steps:
      - uses: actions/checkout@v4
      - uses: oven-sh/setup-bun@v2
      - name: Install
        run: bun install
${steps}      - name: Unit tests
        run: bun test
      - name: Manifest
        run: bunx emu conform ${MANIFEST_FILE} --junit report.xml --pictures failed
      - uses: actions/upload-artifact@v4
        if: failure()
        with:
          name: pictures
          path: |
            failed
            tests/__pictures__/failed
`;
}

export function packageFile(name: string, version: string): string {
  const contents = {
    name,
    private: true,
    type: "module",
    scripts: { test: "bun test" },
    devDependencies: { emuterm: `^${version}` },
  };
  return `${JSON.stringify(contents, null, 2)}\n`;
}

/** Escapes a file name for a template literal. */
function inTemplate(text: string): string {
  return text.replace(/[\\`$]/g, "\\$&");
}
