import { hex } from "../../library/place-map.ts";
import type { CodePlace } from "../breakpoints.ts";
import type { DebugSession } from "../session.ts";

/** A line of the code view. */
export interface CodeRow {
  /** `12` or `C123`. */
  readonly label: string;
  readonly text: string;
  /** True for the line or instruction of the selected frame of the call stack. */
  readonly isCurrent: boolean;
  readonly isCursor: boolean;
  readonly hasBreakpoint: boolean;
}

/** A line of source or an instruction, as an argument of `break`, and its code. */
export interface CodeTarget {
  readonly name: string;
  readonly code: CodePlace;
}

const TAB_COLUMNS = 8;
/** PRG ROMs of this size or less are mapped as a whole, so that addresses are unambiguous. */
const UNBANKED_BYTES = 0x8000;
const BANK_BYTES = 0x4000;

/**
 * The code around the program's place, with a cursor: source lines where they are known, otherwise
 * instructions. It scrolls only if the cursor leaves it.
 */
export class CodeView {
  readonly #session: () => DebugSession;
  /** True if the user has chosen instructions instead of source. */
  prefersInstructions = false;
  #frame = 0;
  /** The file that is shown; undefined for instructions. */
  #file: number | undefined;
  /** A line of the file, from 1, or an address. */
  #cursor = 0;
  /** Row of the cursor in the view. */
  #cursorRow = 0;
  /** Number of rows when the view was drawn last. */
  #rows = 10;

  constructor(session: () => DebugSession) {
    this.#session = session;
  }

  /** Shows the place of a frame of the call stack. */
  follow(frame = 0): void {
    this.#frame = frame;
    const { file, line, pc } = this.#place();
    if (file === undefined) this.#goTo(undefined, pc);
    else this.#goTo(file, line);
  }

  /** Changes between source and instructions. */
  toggleMode(): void {
    this.prefersInstructions = !this.prefersInstructions;
    this.follow(this.#frame);
  }

  /** Moves the cursor by lines or instructions. */
  move(by: number): void {
    const { disassembler } = this.#session();
    if (this.#file !== undefined) {
      const count = this.#lines(this.#file).length;
      this.#cursor = Math.min(count, Math.max(1, this.#cursor + by));
    } else {
      for (let step = 0; step < by; step++)
        this.#cursor = (this.#cursor + disassembler.at(this.#cursor, false).bytes.length) & 0xffff;
      for (let step = 0; step > by; step--) this.#cursor = disassembler.previous(this.#cursor);
    }
    this.#cursorRow = Math.min(this.#rows - 1, Math.max(0, this.#cursorRow + by));
  }

  /** Shows the code of a name or address. Throws `InputError`. */
  show(text: string): void {
    const session = this.#session();
    const { addresses, prgOffsets } = session.code.named(text);
    const [offset = -1] = prgOffsets;
    const address = offset < 0 ? addresses[0] : session.code.addressOf(offset);
    const place = this.prefersInstructions ? undefined : session.target.lines.placeOf(offset);
    if (place !== undefined && session.target.files.text(place.file) !== undefined) {
      this.#goTo(place.file, place.line);
    } else this.#goTo(undefined, address ?? addresses[0] ?? 0);
  }

  /** True if instructions are shown and not source. */
  get showsInstructions(): boolean {
    return this.#file === undefined;
  }

  /** The name of the file, or of the routine for instructions. */
  get title(): string {
    const { target } = this.#session();
    if (this.#file !== undefined) return target.symbols.files[this.#file]!.replace(/^.*[/\\]/, "");
    const offset = target.places.prgOffsetAt(this.#cursor);
    return target.symbols.nameOf(this.#cursor, offset) ?? hex(this.#cursor, 4);
  }

  /** The line or instruction at the cursor; undefined if there is no code in or after the line. */
  get target(): CodeTarget | undefined {
    const session = this.#session();
    if (this.#file === undefined) {
      return { name: addressName(session, this.#cursor), code: session.code.mapped(this.#cursor) };
    }
    const found = session.target.lines.codeFrom(this.#file, this.#cursor);
    if (found === undefined) return undefined;
    return { name: `${this.title}:${found.line}`, code: session.code.atPrgOffsets(found.offsets) };
  }

  /** The numbers of the breakpoints at a place. */
  breakpointsAt({ addresses, prgOffsets }: CodePlace): readonly number[] {
    return this.#session()
      .breakpoints.all.filter(({ code }) => {
        if (code === undefined) return false;
        if (prgOffsets.length > 0 && code.prgOffsets.length > 0)
          return code.prgOffsets.some((offset) => prgOffsets.includes(offset));
        return code.prgOffsets.length === 0 && code.addresses.some((address) => addresses.includes(address));
      })
      .map(({ id }) => id);
  }

  /** The visible lines. */
  visible(rows: number): readonly CodeRow[] {
    this.#rows = Math.max(1, rows);
    this.#cursorRow = Math.min(this.#cursorRow, this.#rows - 1);
    return this.#file === undefined ? this.#instructionRows() : this.#sourceRows(this.#file);
  }

  #sourceRows(file: number): CodeRow[] {
    const session = this.#session();
    const current = this.#place();
    const lines = this.#lines(file);
    const top = Math.max(1, this.#cursor - this.#cursorRow);
    const code = new Map(session.target.lines.linesOf(file).map(({ line, offsets }) => [line, offsets]));
    return lines.slice(top - 1, top - 1 + this.#rows).map((text, index) => {
      const line = top + index;
      const offsets = code.get(line);
      return {
        label: String(line),
        text: withoutTabs(text),
        isCurrent: current.file === file && current.line === line,
        isCursor: line === this.#cursor,
        hasBreakpoint:
          offsets !== undefined && this.breakpointsAt({ addresses: [], prgOffsets: offsets }).length > 0,
      };
    });
  }

  #instructionRows(): CodeRow[] {
    const session = this.#session();
    const { pc } = this.#place();
    const { places, symbols } = session.target;
    return session.disassembler.range(this.#cursor, this.#cursorRow, this.#rows).map((instruction) => {
      const { address, bytes, text } = instruction;
      const name = symbols.nameOf(address, places.prgOffsetAt(address));
      const label = name === undefined || /\+\d+$/.test(name) ? "" : `  ; ${name}`;
      const inHex = bytes.map((byte) => hex(byte, 2).slice(1)).join(" ");
      return {
        label: hex(address, 4).slice(1),
        text: `${inHex.padEnd(8)} ${text}${label}`,
        isCurrent: address === pc,
        isCursor: address === this.#cursor,
        hasBreakpoint: this.breakpointsAt(session.code.mapped(address)).length > 0,
      };
    });
  }

  /** The place of the selected frame. Its file is undefined if instructions are shown. */
  #place(): { readonly pc: number; readonly file: number | undefined; readonly line: number } {
    const { frames, target } = this.#session();
    const frame = frames.frame(this.#frame) ?? frames.frame(0)!;
    const { file, line = 1, pc } = frame;
    const isShown = !this.prefersInstructions && file !== undefined && target.files.text(file) !== undefined;
    return { pc, file: isShown ? file : undefined, line };
  }

  #lines(file: number): readonly string[] {
    return (this.#session().target.files.text(file) ?? "").split(/\r?\n/);
  }

  /** Moves the cursor to a line or address. A place outside the view comes to its upper third. */
  #goTo(file: number | undefined, at: number): void {
    const row = this.#rowOf(file, at);
    this.#cursorRow = row ?? Math.floor(this.#rows / 3);
    this.#file = file;
    this.#cursor = at;
    if (file !== undefined) this.#cursorRow = Math.min(this.#cursorRow, at - 1);
  }

  /** The row of the view that shows a line or address; undefined if none does. */
  #rowOf(file: number | undefined, at: number): number | undefined {
    if (file !== this.#file) return undefined;
    const { disassembler } = this.#session();
    const row =
      file !== undefined
        ? this.#cursorRow + at - this.#cursor
        : disassembler
            .range(this.#cursor, this.#cursorRow, this.#rows, false)
            .findIndex(({ address }) => address === at);
    return row >= 0 && row < this.#rows ? row : undefined;
  }
}

/** `$C123`, or `3:$8123` if the cartridge switches banks. */
function addressName({ target }: DebugSession, address: number): string {
  const offset = target.places.prgOffsetAt(address);
  if (offset < 0 || target.rom.image.prgRom.length <= UNBANKED_BYTES) return hex(address, 4);
  return `${Math.floor(offset / BANK_BYTES)}:${hex(address, 4)}`;
}

function withoutTabs(text: string): string {
  if (!text.includes("\t")) return text;
  let out = "";
  for (const character of text) {
    out += character === "\t" ? " ".repeat(TAB_COLUMNS - (out.length % TAB_COLUMNS)) : character;
  }
  return out;
}
