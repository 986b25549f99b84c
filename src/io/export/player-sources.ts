/**
 * The sources of the player in exported pages. They are packed into the package and the executable, because
 * each export bundles them anew with the boards of its game.
 */
import { join, relative, resolve } from "node:path";
import { BOARDS } from "../../emu/nes/cartridge/boards/index.ts";
import type { BoardDescriptor } from "../../emu/nes/cartridge/descriptor.ts";
import {
  type BundledPage,
  bundleStyle,
  loadPage,
  pageFolder,
  readTemplate,
  runBundler,
} from "../files/bundled-page.ts";
import { findBoardFiles } from "./board-files.ts";

const ROOT = pageFolder(".");
/** The folder of the player's page. */
export const PAGE_FOLDER = "src/io/export/page";

export interface PlayerSources {
  /** JavaScript of modules by their path in a clone. */
  readonly modules: Readonly<Record<string, string>>;
  /** The files of each mapper number's boards, below `src/emu/nes/cartridge/boards/`. */
  readonly boards: Readonly<Record<number, readonly string[]>>;
  readonly style: string;
  readonly template: string;
}

/** The sources as JSON. */
export const PLAYER_PAGE: BundledPage = {
  file: "export/player.page",
  what: "player for pages",
  bundle: async () => JSON.stringify(await packSources()),
};

/** Returns the sources. Throws `InputError` ("unavailable") if this copy of emu was packed without them. */
export async function loadPlayerSources(): Promise<PlayerSources> {
  return JSON.parse(await loadPage(PLAYER_PAGE));
}

async function packSources(): Promise<PlayerSources> {
  const folder = join(ROOT, PAGE_FOLDER);
  const modules: Record<string, string> = {};
  const transpiler = new Bun.Transpiler({ loader: "ts", target: "browser", minifyWhitespace: true });
  for (const path of await modulesOf([join(folder, "main.ts"), join(folder, "worklet.ts")])) {
    modules[path] = transpiler.transformSync(await Bun.file(join(ROOT, path)).text());
  }
  return {
    modules,
    boards: await filesByMapper(),
    style: await bundleStyle(join(folder, "page.css")),
    template: await readTemplate(join(folder, "page.html")),
  };
}

/** Returns the project's modules that these import, and these, by their path in the clone. */
async function modulesOf(entrypoints: string[]): Promise<string[]> {
  const { metafile } = await runBundler({ entrypoints, target: "browser", metafile: true });
  const paths = Object.keys(metafile!.inputs).map((path) =>
    relative(ROOT, resolve(path)).replaceAll("\\", "/"),
  );
  return paths.filter((path) => path.startsWith("src/"));
}

async function filesByMapper(): Promise<PlayerSources["boards"]> {
  const boardFiles = await findBoardFiles();
  const filesOf = (boards: readonly BoardDescriptor[]) => [
    ...new Set(boards.map((board) => boardFiles.get(board)!)),
  ];
  // A board with the hardware of a console of its own has more than a page can show.
  const plain = BOARDS.filter((board) => board.console === undefined);
  const groups = Object.entries(Object.groupBy(plain, ({ mapper }) => mapper));
  return Object.fromEntries(groups.map(([mapper, boards = []]) => [mapper, filesOf(boards)]));
}
