import { InputError } from "../../../input-error.ts";
import type { Board, BoardClass, BoardParts } from "../board.ts";
import type { CartridgeImage } from "../image.ts";
import type { BoardChips } from "../memory.ts";
import { Nrom } from "./000-nrom.ts";
import { Mmc1 } from "./001-mmc1.ts";
import { Uxrom } from "./002-uxrom.ts";
import { Cnrom } from "./003-cnrom.ts";
import { Mmc3 } from "./004-mmc3.ts";
import { Mmc6 } from "./004-mmc6.ts";
import { Axrom } from "./007-axrom.ts";

/** A board for a mapper number, or one for each submapper; `other` serves those that are not named. */
type Entry = BoardClass | { readonly other: BoardClass; readonly [submapper: number]: BoardClass };

/** Every supported mapper number and the board that answers to it. */
const BOARDS: Readonly<Record<number, Entry>> = {
  0: Nrom,
  1: Mmc1,
  2: Uxrom,
  3: Cnrom,
  4: { other: Mmc3, 1: Mmc6 },
  7: Axrom,
};

/** Builds the board of an image. Throws `InputError` ("data") naming a mapper that is not supported. */
export function createBoard(parts: BoardParts): Board {
  return new (boardClass(parts.image))(parts);
}

/** The chips that the image's board has beyond its header: for `CartridgeMemory`. Throws as `createBoard`. */
export function boardChips(image: CartridgeImage): BoardChips {
  return boardClass(image).chips(image);
}

/** Mapper numbers that `createBoard` knows. */
export function supportedMappers(): number[] {
  return Object.keys(BOARDS).map(Number);
}

function boardClass(image: CartridgeImage): BoardClass {
  const entry = BOARDS[image.mapper];
  if (entry === undefined) {
    const name = image.submapper === 0 ? `${image.mapper}` : `${image.mapper} submapper ${image.submapper}`;
    throw new InputError(
      "data",
      `mapper ${name} is not supported`,
      "header",
      "emu info --boards lists what is",
    );
  }
  if (typeof entry === "function") return entry;
  return entry[image.submapper] ?? entry.other;
}
