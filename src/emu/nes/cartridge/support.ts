import { DRUM_ROM_NAME } from "../epsm/drum-rom.ts";
import { isForEpsm } from "../epsm/epsm.ts";
import { boardChips, boardNumbers, boardOf, isSubmapperKnown, missingBoardText } from "./boards/index.ts";
import { Mmc3 } from "./boards/nintendo/mmc3.ts";
import type { CartridgeImage } from "./image.ts";
import { keptPart } from "./memory.ts";
import { missingDevice } from "./missing-devices.ts";
import { vsHardware } from "./vs-hardware.ts";

/**
 * Features that the image needs and the machine lacks, one sentence each without a full stop; empty if the
 * game is supported. Only an unknown mapper prevents a game from running.
 */
export function supportGaps(image: CartridgeImage): readonly string[] {
  const { mapper, submapper, console: foreign } = image;
  const gaps: string[] = [];
  const board = hasBoard(image) ? boardOf(image) : undefined;
  if (board === undefined) gaps.push(missingBoardText(mapper));
  else {
    if (!isSubmapperKnown(mapper, submapper))
      gaps.push(`submapper ${submapper} of mapper ${mapper} is not known: it runs as submapper 0`);
    const { lacks = [], lacksOf } = board;
    gaps.push(...lacks, ...(lacksOf?.(image) ?? []));
  }
  if (foreign !== undefined && !["vs", "playchoice", "epsm", board?.console].includes(foreign))
    gaps.push(FOREIGN[foreign] ?? `made for a ${foreign}, which is not a NES or Famicom: it may not run`);
  const device = missingDevice(image.expansionDevice);
  if (device !== undefined) gaps.push(`made for the ${device}, which emu does not have`);
  if (isForEpsm(image) && image.drumRom === undefined) {
    gaps.push(
      `the drums of its EPSM sound module are silent without ${DRUM_ROM_NAME}, the ROM of their samples`,
    );
  }
  return gaps;
}

/** Returns true if emu has a board for the image: without one, it cannot run. */
export function hasBoard({ mapper }: CartridgeImage): boolean {
  return boardNumbers().includes(mapper);
}

/** What the board makes of an image whose header does not know it: its mirroring, and if it has a battery. */
export function wiredFacts(image: CartridgeImage): Pick<CartridgeImage, "mirroring" | "battery"> {
  const { mirroring, battery } = image;
  if (!hasBoard(image)) return { mirroring, battery };
  const hasFourScreens = boardOf(image).fourScreens === true || vsHardware(image) !== undefined;
  return {
    mirroring: hasFourScreens ? "four-screen" : mirroring,
    battery: battery || keptPart(image, boardChips(image)).bytes > 0,
  };
}

/** Options of a machine that only some games can use. */
interface GameOptions {
  readonly diskSide?: number;
  readonly mmc3Revision?: "A" | "B";
}

/** Options that have no effect on this game, one sentence each without a full stop. */
export function unusedOptions(image: CartridgeImage, { diskSide, mmc3Revision }: GameOptions): string[] {
  const unused: string[] = [];
  if (diskSide !== undefined && image.format !== "fds") {
    unused.push("the game is on a cartridge: the disk side has no effect");
  }
  if (mmc3Revision !== undefined && hasBoard(image) && !hasMmc3(image)) {
    unused.push("the game's board has no MMC3: the MMC3 revision has no effect");
  }
  return unused;
}

function hasMmc3(image: CartridgeImage): boolean {
  const { board } = boardOf(image);
  return board === Mmc3 || board.prototype instanceof Mmc3;
}

const FOREIGN: Readonly<Record<string, string>> = {
  "decimal-famiclone": "made for a clone whose CPU has decimal mode, which is missing",
  "famicom-network": "made for the Famicom Network System, whose hardware is missing: it may not run",
  other: "made for a console that is not a NES or Famicom: it may not run",
};
