import { join } from "node:path";
import { type GameGroup, KNOWN_GAMES } from "../../emu/nes/cartridge/database-games.ts";
import { MORE_GAMES } from "../../emu/nes/cartridge/database-more-games.ts";
import { findDump } from "../../emu/nes/cartridge/dump-facts.ts";
import { bundleScript, fillPage, pageFolder } from "../files/bundled-page.ts";
import { PAGE_FOLDER, type PlayerSources } from "./player-sources.ts";

const ROOT = pageFolder(".");
const BOARDS = "src/emu/nes/cartridge/boards";
/** Replace the names and reasons of boards that emu lacks, which no page shows. This saves 1 KiB. */
const NOTHING_UNSUPPORTED = {
  [`${BOARDS}/unsupported.ts`]: "export const UNSUPPORTED = [];",
  "src/emu/nes/cartridge/unif-rejections.ts": "export const WITHOUT_BOARD = {}; export const REJECTED = {};",
};
const CARTRIDGE = "src/emu/nes/cartridge";
const EPSM = "src/emu/nes/epsm/epsm.ts";
/** Replaces the EPSM in pages of games without one, which saves 4 KiB. */
const NO_EPSM = "export const isForEpsm = () => false; export class Epsm {}";

const PLAY_CHOICE = "src/emu/nes/playchoice";
/** Replace the control side of a PlayChoice-10, whose ROMs no page has: its games run alone. */
const NO_PLAY_CHOICE = {
  [`${PLAY_CHOICE}/play-choice.ts`]: "export class PlayChoice {}",
  [`${PLAY_CHOICE}/control-side.ts`]: `const no = () => false;
const none = 0;
const same = (colors) => colors;
export { no as hasControlSide, none as CONTROL_SIDE_BYTES, none as PLAY_CHOICE_WIDTH };
export { none as CONTROL_STORAGE, same as sideColors };`,
  "src/emu/nes/cartridge/playchoice-image.ts": `const nothing = { bytes: 0, warnings: [] };
export { read as playChoiceRoms };
function read() {
  return nothing;
}`,
};

const INPUT = "src/emu/nes/input";
/** Replace devices that a page cannot operate by standard controllers. This saves 3 KiB. */
const PLAIN_PADS = {
  [`${INPUT}/power-glove.ts`]: plainPad("PowerGlove"),
  [`${INPUT}/robot.ts`]: `${plainPad("Robot")} export const ROBOT_STATE_WORDS = 1;`,
};

function plainPad(name: string): string {
  return `import { SerialPad } from "./serial-devices.ts";
class ${name} extends SerialPad {
  load() {
    this.state[0] = this.buttons() & 0xff;
  }
  read() {
    return this.shift(0, 7);
  }
}
export { ${name} };`;
}

/** Replace the database of games by the facts of the page's own game. This saves 15 KiB. */
function ownGame(crc: string): Record<string, string> {
  const only = (all: readonly GameGroup[]) =>
    JSON.stringify(all.filter(({ games }) => Object.hasOwn(games, crc)));
  return {
    [`${CARTRIDGE}/database-games.ts`]: `export const KNOWN_GAMES = ${only(KNOWN_GAMES)};`,
    [`${CARTRIDGE}/database-more-games.ts`]: `export const MORE_GAMES = ${only(MORE_GAMES)};`,
    [`${CARTRIDGE}/dump-facts.ts`]: `export const findDump = () => (${JSON.stringify(findDump(crc))});`,
  };
}

/** What the page of a game must contain. */
export interface PageParts {
  readonly mapper: number;
  /** CRC-32 of PRG ROM followed by CHR ROM, eight lower-case hex digits. */
  readonly crc: string;
  readonly hasEpsm: boolean;
}

/**
 * Bundles the player of exported pages as one HTML text with places for the game. It has the boards of this
 * mapper number and no others. The policy permits only the page's own script and style, and no network
 * access. The sound's worklet is loaded from a blob.
 */
export async function bundlePlayer(
  sources: PlayerSources,
  { mapper, crc, hasEpsm }: PageParts,
): Promise<string> {
  const files: Record<string, string> = {};
  for (const [name, text] of Object.entries(sources.modules)) {
    files[join(ROOT, name)] = text;
  }
  files[join(ROOT, BOARDS, "all.ts")] = boardModule(sources.boards[mapper] ?? []);
  const replaced = { ...PLAIN_PADS, ...NO_PLAY_CHOICE, ...NOTHING_UNSUPPORTED, ...ownGame(crc) };
  for (const [name, text] of Object.entries(replaced)) files[join(ROOT, name)] = text;
  if (!hasEpsm) files[join(ROOT, EPSM)] = NO_EPSM;
  const worklet = await bundleScript(join(ROOT, PAGE_FOLDER, "worklet.ts"), {}, files);
  const main = join(ROOT, PAGE_FOLDER, "main.ts");
  const script = await bundleScript(main, { WORKLET_SOURCE: JSON.stringify(worklet) }, files);
  return fillPage(sources.template, script, sources.style, ["img-src data:"], " blob:");
}

/** Takes the place of `boards/all.ts`. */
function boardModule(files: readonly string[]): string {
  const imports = files.map((file, i) => `import { BOARDS as boards${i} } from "./${file}";`);
  const boards = files.map((_, i) => `...boards${i}`).join(", ");
  const remedy = 'export const MISSING_BOARD_REMEDY = "this page has the boards of one game";';
  return [...imports, `export const BOARDS = [${boards}];`, remedy].join("\n");
}
