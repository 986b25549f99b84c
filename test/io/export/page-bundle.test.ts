/** What the pages of different boards hold. */
import { expect, test } from "bun:test";
import { BOARDS, boardNumbers } from "../../../src/emu/nes/cartridge/boards/index.ts";
import { findBoardFiles } from "../../../src/io/export/board-files.ts";
import { bundlePlayer } from "../../../src/io/export/page-bundle.ts";
import { loadPlayerSources } from "../../../src/io/export/player-sources.ts";

const sources = await loadPlayerSources();
const page = (mapper: number, hasEpsm = false, crc = "00000000") =>
  bundlePlayer(sources, { mapper, crc, hasEpsm });

test("each mapper number has the files of its boards but those of other consoles, in the order of the list", async () => {
  const filesOf = await findBoardFiles();
  for (const mapper of boardNumbers()) {
    const boards = BOARDS.filter((board) => board.mapper === mapper && board.console === undefined);
    const files = [...new Set(boards.map((board) => filesOf.get(board)!))];
    expect({ mapper, files: sources.boards[mapper] }).toEqual({ mapper, files });
  }
  expect(Object.keys(sources.boards)).toHaveLength(boardNumbers().length);
});

test("a page has the boards of its game's mapper number and no others", async () => {
  const [nrom, mmc5] = await Promise.all([page(0), page(5)]);
  const hasName = (page: string) => ["NROM", "MMC5"].map((name) => page.includes(`name:"${name}`));
  expect([hasName(nrom), hasName(mmc5)]).toEqual([
    [true, false],
    [false, true],
  ]);
  expect(Bun.gzipSync(nrom, { level: 9 }).length).toBeLessThanOrEqual(90 * 1024);
});

test("a page has the EPSM only if its game was made for it", async () => {
  const [without, having] = await Promise.all([page(0), page(0, true)]);
  const sizes = [without, having].map((text) => Bun.gzipSync(text, { level: 9 }).length);
  expect(sizes[1]! - sizes[0]!).toBeGreaterThan(3 * 1024);
});

test("a page corrects the header of its own game", async () => {
  const [unknown, licensed, rare, dump] = await Promise.all(
    ["00000000", "889129cb", "47918d84", "00d2cb22"].map((crc) => page(0, false, crc)),
  );
  expect(unknown).not.toContain("StarTropics");
  expect(licensed).toContain('{"889129cb":"StarTropics (USA)"');
  expect(rare).toContain('"47918d84":"Auto-Upturn"');
  expect(dump).toContain('{mapper:0,mirroring:"vertical"}');
});
