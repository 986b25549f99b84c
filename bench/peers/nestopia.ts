import { dlopen, JSCallback, ptr } from "bun:ffi";
import { existsSync } from "node:fs";
import type { Peer } from "./peer.ts";

/** Where Debian's package libretro-nestopia puts the core, by architecture. */
const CORES = ["x86_64", "aarch64"].map(
  (architecture) => `/usr/lib/${architecture}-linux-gnu/libretro/nestopia_libretro.so`,
);

/** Libretro's joypad buttons by our mask's bits: A, B, Select, Start, Up, Down, Left, Right. */
const JOYPAD_IDS = [8, 0, 2, 3, 4, 5, 6, 7];

const GET_CAN_DUPE = 3;
const GET_SYSTEM_DIRECTORY = 9;
const SET_PIXEL_FORMAT = 10;
const GET_SAVE_DIRECTORY = 31;
const EXPERIMENTAL = 0x10000;

/** Nestopia's libretro core, in C++. https://docs.libretro.com/development/libretro-overview/ */
export function startNestopia(rom: Uint8Array, path: string): Peer | undefined {
  const core = CORES.find((file) => existsSync(file));
  if (core === undefined) return undefined;
  const { symbols } = dlopen(core, {
    retro_set_environment: { args: ["ptr"], returns: "void" },
    retro_set_video_refresh: { args: ["ptr"], returns: "void" },
    retro_set_audio_sample: { args: ["ptr"], returns: "void" },
    retro_set_audio_sample_batch: { args: ["ptr"], returns: "void" },
    retro_set_input_poll: { args: ["ptr"], returns: "void" },
    retro_set_input_state: { args: ["ptr"], returns: "void" },
    retro_init: { args: [], returns: "void" },
    retro_load_game: { args: ["ptr"], returns: "bool" },
    retro_run: { args: [], returns: "void" },
  });
  let buttons = 0;
  const folder = Buffer.from("/tmp\0");
  const folderCell = new BigUint64Array([BigInt(ptr(folder))]);

  const environment = new JSCallback(
    (command: number, data: number): boolean => {
      switch (command & ~EXPERIMENTAL) {
        case GET_CAN_DUPE:
        case SET_PIXEL_FORMAT:
          return true;
        case GET_SYSTEM_DIRECTORY:
        case GET_SAVE_DIRECTORY:
          copyPointer(data, folderCell);
          return true;
        default:
          return false;
      }
    },
    { args: ["u32", "ptr"], returns: "bool" },
  );
  const video = new JSCallback(() => {}, { args: ["ptr", "u32", "u32", "usize"], returns: "void" });
  const sample = new JSCallback(() => {}, { args: ["i16", "i16"], returns: "void" });
  const batch = new JSCallback((_data: number, frames: number) => frames, {
    args: ["ptr", "usize"],
    returns: "usize",
  });
  const poll = new JSCallback(() => {}, { args: [], returns: "void" });
  const state = new JSCallback(
    (port: number, _device: number, _index: number, id: number): number => {
      const bit = JOYPAD_IDS.indexOf(id);
      return port === 0 && bit >= 0 ? (buttons >> bit) & 1 : 0;
    },
    { args: ["u32", "u32", "u32", "u32"], returns: "i16" },
  );
  symbols.retro_set_environment(environment.ptr);
  symbols.retro_set_video_refresh(video.ptr);
  symbols.retro_set_audio_sample(sample.ptr);
  symbols.retro_set_audio_sample_batch(batch.ptr);
  symbols.retro_set_input_poll(poll.ptr);
  symbols.retro_set_input_state(state.ptr);
  symbols.retro_init();

  const name = Buffer.from(`${path}\0`);
  // struct retro_game_info { const char *path; const void *data; size_t size; const char *meta; }
  const game = new BigUint64Array([BigInt(ptr(name)), BigInt(ptr(rom)), BigInt(rom.length), 0n]);
  if (!symbols.retro_load_game(ptr(game))) throw new Error(`Nestopia refuses ${path}`);
  return {
    press: (mask) => {
      buttons = mask;
    },
    runFrame: () => symbols.retro_run(),
  };
}

/** Writes a pointer to native memory: the standard library's memcpy does what Bun has no call for. */
function copyPointer(destination: number, cell: BigUint64Array): void {
  memory ??= dlopen("libc.so.6", { memcpy: { args: ["ptr", "ptr", "usize"], returns: "ptr" } });
  memory.symbols.memcpy(destination as never, ptr(cell), 8);
}

let memory: { symbols: { memcpy(to: never, from: unknown, bytes: number): unknown } } | undefined;
