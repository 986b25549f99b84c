import { REGISTER_NAMES } from "../../emu/nes/cartridge/boards/register-names.ts";
import type { RegisterPlace } from "../../emu/nes/cartridge/register-names.ts";
import type { Nes } from "../../emu/nes/nes.ts";
import { StateCheck } from "../../emu/state-check.ts";

/** A register of a cartridge board, which is in the board's register bytes. */
export interface BoardRegister {
  readonly name: string;
  readonly bits: number;
  /** True for what is counted or timed, and read in decimal. */
  readonly isDecimal: boolean;
  get(): number;
  /** Throws `InputError` ("data") for a value that the register cannot have. */
  set(value: number): void;
}

/** Fields longer than this are tables. */
const MAX_COUNT = 16;
const BYTE_BITS = 8;

/**
 * The registers of the cartridge's board by name: those that its family of boards names, then the other
 * fields that it declares for states. Empty if it has neither.
 */
export function namedBoardRegisters(nes: Nes): BoardRegister[] {
  const named = familyRegisters(nes);
  const names = new Set(named.map(({ name }) => name));
  const declared = declaredRegisters(nes).filter(({ name }) => !names.has(name));
  return [...named, ...declared];
}

/** Byte `at` of the board's registers. */
export function rawBoardRegister(nes: Nes, at: number): BoardRegister {
  return register(nes, `r${at}`, BYTE_BITS, at, 1);
}

function familyRegisters(nes: Nes): BoardRegister[] {
  // Subclasses first: their names are more exact.
  const families = REGISTER_NAMES.filter(({ board }) => nes.board instanceof board);
  return families.flatMap(({ base = 0, places }) =>
    Object.entries(places).flatMap(([name, place]) => spread(nes, name, base, place)),
  );
}

function spread(nes: Nes, name: string, base: number, place: RegisterPlace): BoardRegister[] {
  const [at, bits = BYTE_BITS, count, first = 0] = typeof place === "number" ? [place] : place;
  const bytes = bits > BYTE_BITS ? 2 : 1;
  if (count === undefined) return [register(nes, name, bits, base + at, bytes)];
  return Array.from({ length: count }, (_, index) =>
    register(nes, `${name}${first + index}`, bits, base + at + index * bytes, bytes),
  );
}

/** The fields of the board that a state's check declares, and that are in its register bytes. */
function declaredRegisters(nes: Nes): BoardRegister[] {
  const { boardRegisters } = nes;
  const check = new StateCheck(boardRegisters);
  nes.board.declareState(check);
  return check.places
    .filter(
      ({ offset, elementBytes, count, isDouble }) =>
        offset >= 0 &&
        offset + elementBytes * count <= boardRegisters.length &&
        count <= MAX_COUNT &&
        !isDouble,
    )
    .flatMap(({ name, offset, elementBytes, count, range: { min, max } }) => {
      const isWord = elementBytes > 1;
      const bits = isWord ? 32 : Math.max(1, Math.ceil(Math.log2(max + 1)));
      const short = name.replace(/^board\./, "");
      return Array.from({ length: count }, (_, index) =>
        register(
          nes,
          count === 1 ? short : `${short}${index}`,
          min < 0 ? 32 : bits,
          offset + index * elementBytes,
          elementBytes,
          isWord,
        ),
      );
    });
}

function register(
  nes: Nes,
  name: string,
  bits: number,
  at: number,
  bytes: number,
  isDecimal = false,
): BoardRegister {
  const { buffer, byteOffset } = nes.boardRegisters;
  const view = new DataView(buffer, byteOffset + at, bytes);
  const get = (): number => {
    if (bytes === 1) return view.getUint8(0);
    return bytes === 2 ? view.getUint16(0, true) : view.getInt32(0, true);
  };
  const store = (value: number): void => {
    if (bytes === 1) view.setUint8(0, value);
    else if (bytes === 2) view.setUint16(0, value, true);
    else view.setInt32(0, value, true);
  };
  const set = (value: number): void => {
    const before = get();
    store(value);
    // Loading a state checks the value, and maps the banks that follow from it.
    const state = new Uint8Array(nes.stateBytes);
    nes.save(state);
    try {
      nes.load(state);
    } catch (error) {
      store(before);
      throw error;
    }
  };
  return { name, bits, isDecimal, get, set };
}
