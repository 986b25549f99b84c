/**
 * A reference for emu's own host: it runs a libretro core in a loop of a few lines. `bun direct-core.ts CORE
 * ROM FRAMES INPUT` prints the CRC-32 of each frame's 0x00RRGGBB pixels. INPUT is JSON, `[[frame, mask], …]`.
 * It shares only the functions for input and sound with emu, because coroutines may call these.
 */
import { CString, dlopen, JSCallback, type Pointer, ptr, read, toArrayBuffer } from "bun:ffi";
import { readFileSync } from "node:fs";
import { inputPlace, RetroCallbacks } from "../../src/io/ffi/retro-callbacks.ts";

const [core = "", rom = "", frames = "0", input = "[]"] = process.argv.slice(2);
const PIXEL_FORMAT = 10;
const SYSTEM_DIRECTORY = 9;
const SAVE_DIRECTORY = 31;
const CAN_DUPE = 3;
const LOG_INTERFACE = 27;
const GET_VARIABLE = 15;
const SET_VARIABLES = 16;
/** The first value of each option, which is its default. */
const defaults = new Map<string, Buffer>();
const folder = Buffer.from(".\0");
/** A B Select Start Up Down Left Right X Y L R L2 R2 L3 R3. */
const IDS = [8, 0, 2, 3, 4, 5, 6, 7, 9, 1, 10, 11, 12, 13, 14, 15];
const pointer = { args: ["ptr"], returns: "void" } as const;
const address = { args: ["u64"], returns: "void" } as const;
const nothing = { args: [], returns: "void" } as const;
const { symbols } = dlopen(core, {
  retro_set_environment: pointer,
  retro_set_video_refresh: pointer,
  retro_set_audio_sample: address,
  retro_set_audio_sample_batch: address,
  retro_set_input_poll: address,
  retro_set_input_state: address,
  retro_init: nothing,
  retro_get_system_av_info: pointer,
  retro_load_game: { args: ["ptr"], returns: "bool" },
  retro_set_controller_port_device: { args: ["u32", "u32"], returns: "void" },
  retro_run: nothing,
});
const callbacks = new RetroCallbacks();
let format = 0;
let pixels = new Uint32Array(0);
const environment = new JSCallback(
  (command: number, data: number) => {
    if (command === SYSTEM_DIRECTORY || command === SAVE_DIRECTORY) {
      new DataView(toArrayBuffer(data as Pointer, 0, 8)).setBigUint64(0, BigInt(ptr(folder)), true);
      return true;
    }
    const view = (at: number): DataView => new DataView(toArrayBuffer(at as Pointer, 0, 16));
    const textAt = (at: number): string => {
      const address = Number(view(at).getBigUint64(0, true)) as Pointer;
      return Number(address) === 0 ? "" : new CString(address).toString();
    };
    if (command === SET_VARIABLES) {
      for (let at = data; view(at).getBigUint64(0, true) !== 0n; at += 16) {
        const [value = ""] = (textAt(at + 8).split("; ")[1] ?? "").split("|");
        defaults.set(textAt(at), Buffer.from(`${value}\0`));
      }
      return true;
    }
    if (command === GET_VARIABLE) {
      const value = defaults.get(textAt(data));
      if (value !== undefined) view(data).setBigUint64(8, BigInt(ptr(value)), true);
      return value !== undefined;
    }
    if (command === LOG_INTERFACE) {
      // Some cores log without asking. A function that does nothing accepts any arguments.
      view(data).setBigUint64(0, BigInt(callbacks.addresses.inputPoll), true);
      return true;
    }
    if (command === CAN_DUPE) {
      new DataView(toArrayBuffer(data as Pointer, 0, 1)).setUint8(0, 1);
      return true;
    }
    if (command !== PIXEL_FORMAT) return false;
    format = read.i32(data as Pointer, 0);
    return true;
  },
  { args: ["u32", "ptr"], returns: "bool" },
);
const video = new JSCallback(
  (data: number, width: number, height: number, pitch: bigint | number) => {
    if (!data) return;
    pixels = new Uint32Array(width * height);
    const view = new DataView(toArrayBuffer(data as Pointer, 0, Number(pitch) * height));
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++) pixels[y * width + x] = colorAt(view, y * Number(pitch), x);
  },
  { args: ["ptr", "u32", "u32", "usize"], returns: "void" },
);

function colorAt(view: DataView, row: number, x: number): number {
  if (format === 1) return view.getUint32(row + 4 * x, true) & 0xff_ffff;
  const word = view.getUint16(row + 2 * x, true);
  const wide = (value: number, bits: number): number => (value << (8 - bits)) | (value >> (2 * bits - 8));
  if (format === 2)
    return (wide(word >> 11, 5) << 16) | (wide((word >> 5) & 63, 6) << 8) | wide(word & 31, 5);
  return (wide((word >> 10) & 31, 5) << 16) | (wide((word >> 5) & 31, 5) << 8) | wide(word & 31, 5);
}

symbols.retro_set_environment(environment.ptr);
symbols.retro_set_video_refresh(video.ptr);
symbols.retro_set_audio_sample(callbacks.addresses.audioSample);
symbols.retro_set_audio_sample_batch(callbacks.addresses.audioBatch);
symbols.retro_set_input_poll(callbacks.addresses.inputPoll);
symbols.retro_set_input_state(callbacks.addresses.inputState);
symbols.retro_init();
const bytes = readFileSync(rom);
const path = Buffer.from(`${rom}\0`);
const game = new BigUint64Array([BigInt(ptr(path)), BigInt(ptr(bytes)), BigInt(bytes.length), 0n]);
if (!symbols.retro_load_game(ptr(game))) throw new Error(`${core} refuses ${rom}`);
symbols.retro_get_system_av_info(ptr(new Uint8Array(new SharedArrayBuffer(64))));
for (const port of [0, 1]) symbols.retro_set_controller_port_device(port, 1);
const entries = JSON.parse(input) as [number, number][];
const lines: string[] = [];
for (let frame = 0; frame < Number(frames); frame++) {
  const mask = entries.findLast(([from]) => from <= frame)?.[1] ?? 0;
  for (const [bit, id] of IDS.entries()) callbacks.input[inputPlace(0, 1, 0, id)] = (mask >> bit) & 1;
  callbacks.beginFrame();
  symbols.retro_run();
  const raw = new Uint8Array(pixels.buffer);
  lines.push(`${frame}\t${Bun.hash.crc32(raw).toString(16).padStart(8, "0")}`);
}
// The core's own output comes before this line.
process.stdout.write(`\n--- frames\n${lines.join("\n")}\n`);
process.exit(0);
