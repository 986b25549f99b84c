import { InputError } from "../../../input-error.ts";
import type { Board, BoardParts } from "../board.ts";
import { type BoardDescriptor, FIRST_UNNUMBERED, type MapperFacts } from "../descriptor.ts";
import type { CartridgeImage } from "../image.ts";
import type { BoardChips } from "../memory.ts";
import { BOARDS, MISSING_BOARD_REMEDY } from "./all.ts";
import { UNSUPPORTED } from "./unsupported.ts";

export { BOARDS };

/** The boards of each mapper number. The default board, which names no submappers, comes last. */
const BY_MAPPER = indexBoards();

function indexBoards(): ReadonlyMap<number, readonly BoardDescriptor[]> {
  const index = new Map<number, BoardDescriptor[]>();
  for (const board of BOARDS) index.set(board.mapper, [...(index.get(board.mapper) ?? []), board]);
  for (const boards of index.values()) {
    boards.sort((a, b) => Number(a.submappers === undefined) - Number(b.submappers === undefined));
  }
  return index;
}

/** Builds the board of an image. Throws `InputError` ("data") if the mapper is not supported. */
export function createBoard(parts: BoardParts): Board {
  const image = asKnown(parts.image);
  return new (boardOf(image).board)({ ...parts, image });
}

/** Returns the board's additions to the header's chips, for `CartridgeMemory`. Throws like `createBoard`. */
export function boardChips(image: CartridgeImage): BoardChips {
  return boardOf(image).board.chips(asKnown(image));
}

/** The image as its board sees it: a submapper that the board does not know is 0. */
function asKnown(image: CartridgeImage): CartridgeImage {
  return isSubmapperKnown(image.mapper, image.submapper) ? image : { ...image, submapper: 0 };
}

/** Returns the board of an image. Throws `InputError` ("data") if the mapper is not supported. */
export function boardOf(image: CartridgeImage): BoardDescriptor {
  const boards = BY_MAPPER.get(image.mapper);
  if (boards === undefined)
    throw new InputError("data", missingBoardText(image.mapper), "header", MISSING_BOARD_REMEDY);
  const named = boards.find(
    ({ submappers, claims }) => submappers?.includes(image.submapper) === true || claims?.(image) === true,
  );
  return named ?? boards.at(-1)!;
}

/** Says that a mapper number has no board, with the reason if one is known, without a full stop. */
export function missingBoardText(mapper: number): string {
  const reason = missingBoardReason(mapper);
  return `mapper ${mapper} is not supported${reason === "" ? "" : `: ${reason}`}`;
}

/** The reason why a mapper number has no board; "" if none is known. */
export function missingBoardReason(mapper: number): string {
  return mapperFacts(mapper)?.lacks?.join(", ") ?? "";
}

/** Returns true if `submapper` of a supported mapper is one that its boards know. */
export function isSubmapperKnown(mapper: number, submapper: number): boolean {
  const boards = BY_MAPPER.get(mapper) ?? [];
  return (
    submapper === 0 ||
    boards.some(
      ({ submappers = [], knownSubmappers = [] }) =>
        submappers.includes(submapper) || knownSubmappers.includes(submapper),
    )
  );
}

/** The numbers of all boards, in order, also of those without a mapper number. */
export function boardNumbers(): number[] {
  return [...BY_MAPPER.keys()].sort((a, b) => a - b);
}

/** The number if a header can hold it; null for boards without a mapper number. */
export function headerMapper(mapper: number): number | null {
  return mapper < FIRST_UNNUMBERED ? mapper : null;
}

/** The facts of each mapper number, without the boards of single submappers. */
const FACTS: ReadonlyMap<number, MapperFacts> = new Map(
  [...BOARDS.filter(({ submappers }) => submappers === undefined), ...UNSUPPORTED].map((facts) => [
    facts.mapper,
    facts,
  ]),
);

/** The facts of a mapper number; undefined if it has no common name. */
export function mapperFacts(mapper: number): MapperFacts | undefined {
  return FACTS.get(mapper);
}

/** The name of a mapper's board; "unknown board" if it has no common name. */
export function boardName(mapper: number): string {
  return mapperFacts(mapper)?.name ?? "unknown board";
}

/** Every entry that may name UNIF boards. */
export function allMapperFacts(): readonly MapperFacts[] {
  return [...BOARDS, ...UNSUPPORTED];
}
