import { InputError } from "../../../emu/input-error.ts";
import { hex } from "../../library/place-map.ts";
import type { DebugSession } from "../session.ts";
import type { DisassemblyRow, PlaceFacts, SourceFileFacts, SourceText } from "./protocol.ts";

/** The place of an instruction, with its source line if it has one. */
export function placeAt({ target }: DebugSession, address: number, prgOffset: number): PlaceFacts {
  const place = target.lines.placeOf(prgOffset);
  const isShown = place !== undefined && target.files.path(place.file) !== undefined;
  return { address, prgOffset, ...(isShown ? { file: place.file, line: place.line } : {}) };
}

/** The source files that have code and were found. */
export function sourceFiles({ target }: DebugSession): SourceFileFacts[] {
  return target.symbols.files.flatMap((name, file) =>
    target.lines.linesOf(file).length > 0 && target.files.path(file) !== undefined ? [{ file, name }] : [],
  );
}

/** The text of a source file. Throws `InputError` if it cannot be read. */
export function sourceText({ target }: DebugSession, file: number): SourceText {
  const text = target.files.text(file);
  if (text === undefined) throw new InputError("usage", `source file ${file} was not found`);
  return { file, text, lines: target.lines.linesOf(file).map(({ line }) => line) };
}

/**
 * Up to `count` instructions, from at most `before` instructions before `address` on. The one at `address` is
 * always among them, also if the bytes before it are data. The list ends at the ends of the memory.
 */
export function codeRows(
  session: DebugSession,
  address: number,
  before: number,
  count: number,
): DisassemblyRow[] {
  const { disassembler } = session;
  const addresses = [address];
  for (let at = address; addresses.length <= before; ) {
    const previous = disassembler.previous(at);
    if (previous >= at) break;
    addresses.unshift(previous);
    at = previous;
  }
  for (let at = address; addresses.length < count; ) {
    at += disassembler.at(at, false).bytes.length;
    if (at > 0xffff) break;
    addresses.push(at);
  }
  return addresses.map((at, index) => codeRow(session, at, (addresses[index + 1] ?? 0x10000) - at));
}

/** The instruction at an address, of which at most `room` bytes are shown. */
function codeRow(
  { target, disassembler, timeline }: DebugSession,
  address: number,
  room: number,
): DisassemblyRow {
  const { bytes, text } = disassembler.at(address);
  const prgOffset = target.places.prgOffsetAt(address);
  const name = target.symbols.nameOf(address, prgOffset);
  const shown = bytes.slice(0, room).map((byte) => hex(byte, 2).slice(1));
  return {
    address,
    prgOffset,
    bytes: shown.join(" "),
    text: bytes.length > room ? `.byte ${shown.map((byte) => `$${byte}`).join(", ")}` : text,
    count: timeline.log.executed[address]!,
    ...(name === undefined || /\+\d+$/.test(name) ? {} : { label: name }),
  };
}

/** The place that a text names: `$C123`, `3:$8123`, a label, a variable or another expression. */
export function findPlace(session: DebugSession, text: string): PlaceFacts {
  const name = text.trim().replace(/^([\da-f]{4})$/i, "$$$1");
  if (/^(prg:|\d{1,3}:)/i.test(name)) {
    const [prgOffset = -1] = session.code.named(name).prgOffsets;
    const address = session.code.addressOf(prgOffset);
    if (address === undefined) throw new InputError("usage", `${name} is in a bank that is not mapped now`);
    return placeAt(session, address, prgOffset);
  }
  const address = session.place(name)?.address ?? session.read(name);
  if (!Number.isInteger(address) || address < 0 || address > 0xffff) {
    throw new InputError("usage", `${name.slice(0, 40)} is not an address`, "", "$0000 to $FFFF");
  }
  return placeAt(session, address, session.target.places.prgOffsetAt(address));
}
