import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { Glob } from "bun";
import {
  HOOK_A12,
  HOOK_AUDIO,
  HOOK_CPU_READS,
  HOOK_CPU_TIME,
  HOOK_CPU_WRITES,
  HOOK_PPU_FETCH,
} from "../../src/emu/nes/cartridge/board.ts";
import { BOARDS, boardName, supportedMappers } from "../../src/emu/nes/cartridge/boards/index.ts";
import type { BoardDescriptor } from "../../src/emu/nes/cartridge/descriptor.ts";
import { CASES } from "../emu/nes/cartridge/boards/data/index.ts";
import { BoardHarness, testImage } from "./board-harness.ts";

const FOLDER = new URL("../../src/emu/nes/cartridge/boards/", import.meta.url);

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

To add one: a file in the folder of its family in \`src/emu/nes/cartridge/boards/\`, with the board's class and, at the end, its descriptor (numbers, name, UNIF names, RAM); a line in the family's \`index.ts\`; a case in the table; and this list made anew. A discrete board is one entry of \`discrete/\`. Everything that a board remembers is in its \`registers\`, and \`updateBanks\` maps all of its memory from them, so that states need no code.

"Asks for" says what costs time: A12 rises, a count of cycles, every PPU read, reads or writes of its own, sound.

`;

/** The file of each board below BOARDS. */
async function boardFiles(): Promise<ReadonlyMap<BoardDescriptor, string>> {
  const files = new Map<BoardDescriptor, string>();
  for await (const file of new Glob("*/*.ts").scan(fileURLToPath(FOLDER))) {
    if (basename(file) === "index.ts") continue;
    const module: { readonly BOARDS?: readonly BoardDescriptor[] } = await import(new URL(file, FOLDER).href);
    for (const board of module.BOARDS ?? []) files.set(board, file);
  }
  return files;
}

/** Boards that stand in a file but not in the index of their family. */
export async function unlistedBoards(): Promise<string[]> {
  const files = await boardFiles();
  return [...files].filter(([board]) => !BOARDS.includes(board)).map(([, file]) => file);
}

/** The text of docs/boards.md, from the boards themselves. */
export async function renderBoardList(): Promise<string> {
  const fileOf = await boardFiles();
  const rows = supportedMappers().map((mapper) => {
    const boards = BOARDS.filter((board) => board.mapper === mapper);
    const files = [...new Set(boards.map((board) => fileOf.get(board)!))];
    const source = files.map((file) => `[\`${file}\`](../src/emu/nes/cartridge/boards/${file})`).join(" ");
    const pages = [...new Set(boards.flatMap(({ wiki = [] }) => wiki))].map(
      (page) => `[${decodeURI(page)}](https://www.nesdev.org/wiki/${page})`,
    );
    const { hooks, tests } = testsOf(mapper);
    return `| ${mapper} | ${boardName(mapper)} | ${source} | ${hooks} | ${pages.join(", ")} | ${tests} |`;
  });
  return `${HEAD}| mapper | board | file | asks for | documentation | tests |\n|---|---|---|---|---|---|\n${rows.join("\n")}\n`;
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

if (import.meta.main) await Bun.write(BOARD_LIST, await renderBoardList());
