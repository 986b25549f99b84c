import {
  HOOK_A12,
  HOOK_AUDIO,
  HOOK_CPU_ADDRESS,
  HOOK_CPU_READS,
  HOOK_CPU_TIME,
  HOOK_CPU_WRITES,
  HOOK_PPU_FETCH,
} from "../../src/emu/nes/cartridge/board.ts";
import { BOARDS, boardName, boardNumbers, headerMapper } from "../../src/emu/nes/cartridge/boards/index.ts";
import { UNSUPPORTED } from "../../src/emu/nes/cartridge/boards/unsupported.ts";
import { DUPLICATES } from "../../src/emu/nes/cartridge/header.ts";
import { findBoardFiles } from "../../src/io/export/board-files.ts";
import { CASES } from "../emu/nes/cartridge/boards/data/index.ts";
import { BoardHarness, testImage } from "./board-harness.ts";

/** The file that holds the list. */
export const BOARD_LIST = new URL("../../docs/boards.md", import.meta.url);

const HOOK_NAMES: readonly (readonly [hook: number, name: string])[] = [
  [HOOK_A12, "A12"],
  [HOOK_CPU_TIME, "cycles"],
  [HOOK_PPU_FETCH, "PPU reads"],
  [HOOK_AUDIO, "sound"],
  [HOOK_CPU_WRITES, "writes below $4020"],
  [HOOK_CPU_READS, "reads"],
  [HOOK_CPU_ADDRESS, "CPU addresses"],
];

/** Where boards without a page in the wiki are described. */
const OTHER_SOURCES =
  "[FCEUmm](https://github.com/libretro/libretro-fceumm/tree/master/src/boards), " +
  "[NintendulatorNRS](https://github.com/gmestanley/NintendulatorNRS-DBG)";

/** Boards that have a test file of their own instead of cases in the table. */
const OWN_TESTS: Readonly<Record<number, { readonly test: string; readonly hooks: number }>> = {
  20: { test: "`fds.test.ts`", hooks: HOOK_CPU_TIME | HOOK_CPU_READS | HOOK_AUDIO },
};

const HEAD = `# Boards

This page lists every mapper number that emu supports, with its source file, the hooks that its board uses, and its number of tests. The last boards have no number: only UNIF files name them. The tests are cases of the table in \`test/emu/nes/cartridge/boards/data/\`; each case is also driven with random accesses, and turned into a ROM whose program switches the banks and reads their numbers (\`bank-roms.test.ts\`). \`bun test/support/board-list.ts\` generates this page, and a test checks that it is up to date.

To add a board:

1. Write a file in its family's folder in \`src/emu/nes/cartridge/boards/\`: the board's class and, at the end, its descriptor (numbers, name, UNIF names, RAM). A discrete board is one entry in \`discrete/\`.
2. Add a line to the family's \`index.ts\`.
3. Add a case to the table.
4. Generate this page again.

A board stores its whole state in \`registers\`, and \`updateBanks\` maps all of its memory from them. Saving states therefore needs no code.

The column "hooks" lists what costs time: A12 rises, counting cycles, watching every PPU read, own CPU reads or writes, watching the CPU's address bus, sound.

`;

const PARTS_HEAD = `
## Boards that run in part

\`emu info\` says these gaps, and \`emu run\` and \`emu conform\` warn of them.

| mapper | board | gap |
|---|---|---|
`;

/** What the sources leave open, or answer in different ways. */
const DOUBTS = `
## What is in doubt

No cartridge was measured for these points. Corrections with a source are welcome.

| board | what is open | what emu does |
|---|---|---|
| 284 | how loud samples are | the peak of a sample at volume 15 is as loud as a pulse of the APU |
| 304 | the period of the counter: the game hangs with the one that recordings suggest | 5,750 cycles, FCEUX's guess |
| 355 | when the PIC16C54 starts, and whether reset restarts it | it starts with the CPU |
| 365 | which register selects the mirroring | the header does |
| 369 | the meaning of the bits of $4100 | the values that the menu writes; all others are NROM |
| 442 | which bits of register 0 are the bank: puNES and NintendulatorNRS differ | as puNES |
| 446 | what code $10 wires: the wiki has mapper 26, two emulators have 24 | as the emulators |
| 42, 103, 142, 307, 309, 522, 539, 548, 549 | whether writes to the disk system's sound registers, which the converted games still make, are heard | they are not |
| 594 | how loud speech is | the loudest speech is as loud as two pulses of the APU |
| T-227-1 | where the solder pads of the menu are | they are open |
| Transformer | how long the keyboard takes for a key | a fixed time |
`;

const DUPLICATES_HEAD = `
## Numbers of the same boards

These numbers are second numbers of boards above: a file with one of them runs on that board. No image is known for 54.

| mapper | is | board | documentation |
|---|---|---|---|
`;

const MISSING_HEAD = `
## Numbers without a board

These numbers have no board. All others up to 405 have one.

`;

/** Returns the boards whose file is missing from the index of their family. */
export async function unlistedBoards(): Promise<string[]> {
  const files = await findBoardFiles();
  return [...files].filter(([board]) => !BOARDS.includes(board)).map(([, file]) => file);
}

/** Returns the text of docs/boards.md, which is generated from the descriptors of the boards. */
export async function renderBoardList(): Promise<string> {
  const fileOf = await findBoardFiles();
  const rows = boardNumbers().map((mapper) => {
    const boards = BOARDS.filter((board) => board.mapper === mapper);
    const files = [...new Set(boards.map((board) => fileOf.get(board)!))];
    const source = files.map((file) => `[\`${file}\`](../src/emu/nes/cartridge/boards/${file})`).join(" ");
    const pages = [...new Set(boards.flatMap(({ wiki = [] }) => wiki))].map(
      (page) => `[${decodeURI(page)}](https://www.nesdev.org/wiki/${page})`,
    );
    const { hooks, tests } = testsOf(mapper);
    return `| ${headerMapper(mapper) ?? "UNIF"} | ${boardName(mapper)} | ${source} | ${hooks} | ${pages.join(", ") || OTHER_SOURCES} | ${tests} |`;
  });
  const duplicates = Object.entries(DUPLICATES).map(([number, now]) => {
    const submapper = (now & 15) === 0 ? "" : ` submapper ${now & 15}`;
    const page = `INES_Mapper_${number.padStart(3, "0")}`;
    return `| ${number} | ${now >> 4}${submapper} | ${boardName(now >> 4)} | [${page}](https://www.nesdev.org/wiki/${page}) |`;
  });
  const table = `| mapper | board | file | hooks | documentation | tests |\n|---|---|---|---|---|---|\n${rows.join("\n")}\n`;
  const parts = `${PARTS_HEAD}${partialBoards().join("\n")}\n`;
  const doubles = `${DUPLICATES_HEAD}${duplicates.join("\n")}\n`;
  return `${HEAD}${table}${parts}${DOUBTS}${doubles}${MISSING_HEAD}${missingNumbers().join("\n")}\n`;
}

/** Returns a row for each board that has a gap in all of its games. */
function partialBoards(): string[] {
  return BOARDS.filter(({ lacks }) => lacks !== undefined).map(
    ({ mapper, name, lacks }) => `| ${headerMapper(mapper) ?? "UNIF"} | ${name} | ${lacks!.join("; ")} |`,
  );
}

/** Returns a line for each reason why a board is missing, with the mapper numbers that it applies to. */
function missingNumbers(): string[] {
  const reasons = Map.groupBy(UNSUPPORTED, ({ lacks }) => lacks?.join(", "));
  return [...reasons]
    .filter(([reason]) => reason !== undefined)
    .map(([reason, facts]) => `- ${facts.map(({ mapper }) => mapper).join(", ")}: ${reason}.`);
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
