import { InputError } from "../../../input-error.ts";
import type { Board, BoardParts } from "../board.ts";
import { Nrom } from "./000-nrom.ts";

/** Every supported mapper number and the board that answers to it. */
const BOARDS: Readonly<Record<number, new (parts: BoardParts) => Board>> = {
  0: Nrom,
};

/** Builds the board of an image. Throws `InputError` ("data") naming a mapper that is not supported. */
export function createBoard(parts: BoardParts): Board {
  const { mapper, submapper } = parts.image;
  const construct = BOARDS[mapper];
  if (construct === undefined) {
    const name = submapper === 0 ? `${mapper}` : `${mapper} submapper ${submapper}`;
    throw new InputError(
      "data",
      `mapper ${name} is not supported`,
      "header",
      "emu info --boards lists what is",
    );
  }
  return new construct(parts);
}

/** Mapper numbers that `createBoard` knows. */
export function supportedMappers(): number[] {
  return Object.keys(BOARDS).map(Number);
}
