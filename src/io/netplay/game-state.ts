import { deflateRawSync } from "node:zlib";
import { InputError } from "../../emu/input-error.ts";
import { MIB } from "../../emu/units.ts";
import { inflateCapped } from "../files/archives/inflate.ts";
import { InputScript } from "../movies/input-script.ts";
import { INPUT_RING_FRAMES, MAX_NET_PLAYERS, type NetplayBlock } from "../shared/netplay-block.ts";
import { MalformedMessage, MessageReader, MessageWriter } from "./message-bytes.ts";

const MAGIC = 0x4e55_4d45;
const MAX_BYTES = 64 * MIB;

/** What a player who joins needs: a state, and all inputs that are known. */
export interface GameState {
  /** The frame that runs next. */
  readonly frame: number;
  /** The machine's state. */
  readonly state: Uint8Array;
  /** For each player, the inputs that are known from `frame` on. */
  readonly inputs: readonly Uint8Array[];
  /** The inputs before `frame`. */
  readonly script: InputScript;
}

/** The known inputs of all players from `frame` on. */
export function inputsFrom(block: NetplayBlock, frame: number): Uint8Array[] {
  return Array.from({ length: block.players }, (_, player) =>
    Uint8Array.from({ length: Math.max(0, block.end(player) - frame) }, (_, index) =>
      block.input(player, frame + index),
    ),
  );
}

/** Packs a state for sending. */
export function packGame({ frame, state, inputs, script }: GameState): Uint8Array {
  const writer = new MessageWriter().u32(MAGIC).u32(frame).u8(inputs.length);
  for (const buttons of inputs) writer.u16(buttons.length).bytes(buttons);
  writer.u32(script.length);
  for (let index = 0; index < script.length; index++) {
    const [at, mask] = script.entry(index);
    writer.u32(at).u32(mask);
  }
  return new Uint8Array(deflateRawSync(writer.bytes(state).finish()));
}

/** Unpacks a state of a game with `players` players. Throws `InputError` ("data"). */
export function unpackGame(packed: Uint8Array, players: number): GameState {
  const where = "the state from the host";
  const bytes = inflateCapped(packed, MAX_BYTES, where);
  try {
    if (bytes === undefined) throw new MalformedMessage("it is too large");
    return readGame(new MessageReader(bytes), players);
  } catch (error) {
    if (error instanceof MalformedMessage) throw new InputError("data", error.message, where);
    throw error;
  }
}

function readGame(reader: MessageReader, players: number): GameState {
  if (reader.u32() !== MAGIC) throw new MalformedMessage("it is not a state of a game");
  const frame = reader.u32();
  if (frame >= 2 ** 31) throw new MalformedMessage("no game is that long");
  const count = reader.u8();
  if (count !== players || players > MAX_NET_PLAYERS) throw new MalformedMessage("another number of players");
  const inputs = Array.from({ length: players }, () => {
    const length = reader.u16();
    if (length >= INPUT_RING_FRAMES) throw new MalformedMessage("too many inputs");
    return reader.bytes(length).slice();
  });
  const entries = reader.u32();
  if (entries > frame + 1) throw new MalformedMessage("more changes of inputs than frames");
  const frames = new Float64Array(entries);
  const masks = new Uint32Array(entries);
  for (let index = 0; index < entries; index++) {
    frames[index] = reader.u32();
    masks[index] = reader.u32();
    if (index > 0 && frames[index]! <= frames[index - 1]!) throw new MalformedMessage("frames out of order");
  }
  return { frame, inputs, script: new InputScript(frames, masks), state: reader.rest().slice() };
}
