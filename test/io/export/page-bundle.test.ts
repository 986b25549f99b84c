/** What the pages of different boards hold. */
import { expect, test } from "bun:test";
import { BOARDS, supportedMappers } from "../../../src/emu/nes/cartridge/boards/index.ts";
import { findBoardFiles } from "../../../src/io/export/board-files.ts";
import { bundlePlayer } from "../../../src/io/export/page-bundle.ts";
import { loadPlayerSources } from "../../../src/io/export/player-sources.ts";

const sources = await loadPlayerSources();

test("each mapper number has the files of all its boards, in the order of the list", async () => {
  const filesOf = await findBoardFiles();
  for (const mapper of supportedMappers()) {
    const boards = BOARDS.filter((board) => board.mapper === mapper);
    const files = [...new Set(boards.map((board) => filesOf.get(board)!))];
    expect({ mapper, files: sources.boards[mapper] }).toEqual({ mapper, files });
  }
  expect(Object.keys(sources.boards)).toHaveLength(supportedMappers().length);
});

test("a page has the boards of its game's mapper number and no others", async () => {
  const [nrom, mmc5] = await Promise.all([bundlePlayer(sources, 0), bundlePlayer(sources, 5)]);
  const hasName = (page: string) => ["NROM", "MMC5"].map((name) => page.includes(`name:"${name}`));
  expect([hasName(nrom), hasName(mmc5)]).toEqual([
    [true, false],
    [false, true],
  ]);
  expect(Bun.gzipSync(nrom, { level: 9 }).length).toBeLessThanOrEqual(88 * 1024);
});
