import { basename } from "node:path";
import type { DebugProtocol } from "@vscode/debugprotocol";
import { InputError } from "../../../emu/input-error.ts";
import type { DebugSession as Game } from "../session.ts";
import { parseReference, referenceText, spaceBytes } from "./memory-reference.ts";
import type { RequestArguments, RequestHandler } from "./request-arguments.ts";

const MAX_READ = 0x10_0000;
const MAX_WRITE = 0x10000;
const MAX_INSTRUCTIONS = 10_000;

/** `readMemory`, `writeMemory` and `disassemble`. */
export function memoryRequests(game: () => Game): Record<string, RequestHandler> {
  return {
    readMemory: (args) => readMemory(game(), args),
    writeMemory: (args) => writeMemory(game(), args),
    disassemble: (args) => ({ instructions: disassemble(game(), args) }),
  };
}

/** Bytes outside of a memory are unreadable. */
function readMemory(game: Game, args: RequestArguments): DebugProtocol.ReadMemoryResponse["body"] {
  const { space, address } = parseReference(args.text("memoryReference"));
  const start = address + (args.optionalWhole("offset", -0x1000_0000, 0x1000_0000) ?? 0);
  const count = args.whole("count", 0, MAX_READ);
  const size = spaceBytes(game.nes, space);
  const from = Math.max(0, start);
  const readable = start < 0 ? 0 : Math.max(0, Math.min(count, size - from));
  const scope = game.scope();
  const bytes = Uint8Array.from({ length: readable }, (_, at) => scope.memory(space, from + at).get());
  return {
    address: referenceText(Math.max(0, start), space),
    unreadableBytes: count - readable,
    data: Buffer.from(bytes).toString("base64"),
  };
}

function writeMemory(game: Game, args: RequestArguments): DebugProtocol.WriteMemoryResponse["body"] {
  const { space, address } = parseReference(args.text("memoryReference"));
  const start = address + (args.optionalWhole("offset", -0x1000_0000, 0x1000_0000) ?? 0);
  const bytes = Buffer.from(args.text("data"), "base64");
  if (bytes.length > MAX_WRITE)
    throw new InputError("usage", `at most ${MAX_WRITE} bytes can be written at a time`, "data");
  const scope = game.scope();
  const end = Math.min(start + bytes.length, spaceBytes(game.nes, space));
  if (start < 0) throw new InputError("usage", "the memory begins at 0", "offset");
  for (let at = start; at < end; at++) game.assign(scope.memory(space, at), bytes[at - start]!);
  return { bytesWritten: Math.max(0, end - start) };
}

function disassemble(game: Game, args: RequestArguments): DebugProtocol.DisassembledInstruction[] {
  const { space, address } = parseReference(args.text("memoryReference"));
  if (space !== "cpu")
    throw new InputError("usage", "only the CPU's memory has instructions", "memoryReference");
  const at = (address + (args.optionalWhole("offset", -0x10000, 0x10000) ?? 0)) & 0xffff;
  const before = -(args.optionalWhole("instructionOffset", -MAX_INSTRUCTIONS, MAX_INSTRUCTIONS) ?? 0);
  const count = args.whole("instructionCount", 0, MAX_INSTRUCTIONS);
  const { disassembler, target } = game;
  let lastFile: number | undefined;
  return disassembler.range(at, before, count).map((instruction) => {
    const offset = target.places.prgOffsetAt(instruction.address);
    const place = target.lines.placeOf(offset);
    const path = place === undefined ? undefined : target.files.path(place.file);
    const symbol = target.symbols.symbols.find(
      ({ isLabel, prgOffset, address: where }) =>
        isLabel && (prgOffset >= 0 ? prgOffset === offset : where === instruction.address),
    );
    // The protocol sends a source only where it changes.
    const isNewFile = place !== undefined && place.file !== lastFile && path !== undefined;
    if (isNewFile) lastFile = place.file;
    return {
      address: referenceText(instruction.address),
      instructionBytes: instruction.bytes
        .map((byte) => byte.toString(16).padStart(2, "0").toUpperCase())
        .join(" "),
      instruction: instruction.text,
      ...(symbol === undefined ? {} : { symbol: symbol.name }),
      ...(isNewFile ? { location: { name: basename(path), path } } : {}),
      ...(place === undefined || path === undefined ? {} : { line: place.line }),
    };
  });
}
