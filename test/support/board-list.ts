import { readFileSync } from "node:fs";
import {
  HOOK_A12,
  HOOK_AUDIO,
  HOOK_CPU_READS,
  HOOK_CPU_TIME,
  HOOK_CPU_WRITES,
  HOOK_PPU_FETCH,
} from "../../src/emu/nes/cartridge/board.ts";
import { boardName } from "../../src/emu/nes/cartridge/board-names.ts";
import { supportedMappers } from "../../src/emu/nes/cartridge/boards/index.ts";
import { CASES } from "../emu/nes/cartridge/boards/data/index.ts";
import { BoardHarness, testImage } from "./board-harness.ts";

const BOARDS = new URL("../../src/emu/nes/cartridge/boards/", import.meta.url);

/** Where the list stands. */
export const BOARD_LIST = new URL("../../docs/boards.md", import.meta.url);

const HOOK_NAMES: readonly (readonly [hook: number, name: string])[] = [
  [HOOK_A12, "A12"],
  [HOOK_CPU_TIME, "cycles"],
  [HOOK_PPU_FETCH, "PPU reads"],
  [HOOK_AUDIO, "sound"],
  [HOOK_CPU_WRITES, "writes below $4020"],
  [HOOK_CPU_READS, "reads"],
];

/** Boards with tests of their own instead of cases in the table. */
const OWN_TESTS: Readonly<Record<number, { readonly test: string; readonly hooks: number }>> = {
  20: { test: "`fds.test.ts`", hooks: HOOK_CPU_TIME | HOOK_CPU_READS | HOOK_AUDIO },
};

const HEAD = `# Boards

Every mapper number that emu knows, with its source, what its board asks the machine for, and its tests: cases of the table in \`test/emu/nes/cartridge/boards/data/\`, each driven at random besides. Made by \`bun test/support/board-list.ts\`; a test compares.

To add one: a file in \`src/emu/nes/cartridge/boards/\` (a discrete board is one entry of \`latches-*.ts\`), a line in \`index.ts\`, a case in the table, and this list made anew. Everything that a board remembers is in its \`registers\`, and \`updateBanks\` maps all of its memory from them: states need no code then.

"Asks for" says what costs time: A12 rises, a count of cycles, every PPU read, reads or writes of its own, sound.

`;

/** The text of docs/boards.md, from the boards themselves. */
export function renderBoardList(): string {
  const index = readFileSync(new URL("index.ts", BOARDS), "utf8");
  const rows = supportedMappers().map((mapper) => {
    const files = filesOf(index, mapper);
    const source = files.map((file) => `[\`${file}\`](../src/emu/nes/cartridge/boards/${file})`).join(" ");
    const pages = wikiPages(index, mapper).map((url) => `[${decodeURI(url.split("/wiki/")[1])}](${url})`);
    const { hooks, tests } = testsOf(mapper);
    return `| ${mapper} | ${boardName(mapper)} | ${source} | ${hooks} | ${pages.join(", ")} | ${tests} |`;
  });
  return `${HEAD}| mapper | board | file | asks for | documentation | tests |\n|---|---|---|---|---|---|\n${rows.join("\n")}\n`;
}

/** The classes that answer to a mapper number, in index.ts. */
function classesOf(index: string, mapper: number): string[] {
  const entry = new RegExp(`^ {2}${mapper}: (.*),$`, "m").exec(index);
  if (entry === null) throw new Error(`index.ts has no line for mapper ${mapper}`);
  return [...entry[1].matchAll(/\b[A-Z]\w*/g)].map(([name]) => name);
}

function fileOf(index: string, className: string): string {
  const line = new RegExp(`import \\{[^}]*\\b${className}\\b[^}]*\\} from "\\./(.*)";`).exec(index);
  if (line === null) throw new Error(`index.ts does not import ${className}`);
  return line[1];
}

function filesOf(index: string, mapper: number): string[] {
  return [...new Set(classesOf(index, mapper).map((name) => fileOf(index, name)))];
}

/** The wiki pages that the comments before a mapper's classes cite. */
function wikiPages(index: string, mapper: number): string[] {
  const found = classesOf(index, mapper).flatMap((name) => {
    const source = readFileSync(new URL(fileOf(index, name), BOARDS), "utf8");
    const before = source.slice(0, source.search(new RegExp(`^export (class|const) ${name}\\b`, "m")));
    const comment = before.slice(before.lastIndexOf("/**"));
    return [...comment.matchAll(/https:\/\/www\.nesdev\.org\/wiki\/[^\s#,)]+/g)].map(([url]) =>
      url.replace(/\.$/, ""),
    );
  });
  return [...new Set(found)];
}

function testsOf(mapper: number): { hooks: string; tests: string } {
  const own = OWN_TESTS[mapper];
  if (own !== undefined) return { hooks: hookNames(own.hooks), tests: own.test };
  const cases = CASES.filter((one) => one.cartridge.mapper === mapper);
  let hooks = 0;
  for (const one of cases) hooks |= new BoardHarness(testImage(one.cartridge)).board.hooks;
  return { hooks: hookNames(hooks), tests: `${cases.length}` };
}

function hookNames(hooks: number): string {
  return HOOK_NAMES.filter(([hook]) => (hooks & hook) !== 0)
    .map(([, name]) => name)
    .join(", ");
}

if (import.meta.main) await Bun.write(BOARD_LIST, renderBoardList());
