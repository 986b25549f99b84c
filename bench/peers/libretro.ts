import { dlopen, JSCallback, type Pointer, ptr, read, toArrayBuffer } from "bun:ffi";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Peer, Picture, StartPeer } from "./peer.ts";

/** Folders that may have cores: one that the user names, and those of Debian's packages, by architecture. */
const FOLDERS = [
  process.env.EMU_CORES ?? "",
  "/usr/lib/x86_64-linux-gnu/libretro",
  "/usr/lib/aarch64-linux-gnu/libretro",
].filter((folder) => folder !== "");

const DEVICE_JOYPAD = 1;
/** Libretro's joypad buttons, in the order of our mask's bits: A, B, Select, Start, Up, Down, Left, Right. */
const JOYPAD_IDS = [8, 0, 2, 3, 4, 5, 6, 7];
/** Requests all buttons of a pad as a mask of those ids. */
const JOYPAD_MASK = 256;

/** Commands of the environment callback. */
const GET_CAN_DUPE = 3;
const GET_SYSTEM_DIRECTORY = 9;
const SET_PIXEL_FORMAT = 10;
const GET_SAVE_DIRECTORY = 31;
const EXPERIMENTAL = 0x10000;
/** The pixel format with 32 bits; the other two have 16. */
const FORMAT_XRGB8888 = 1;
const COLOUR_BITS = 0xff_ffff;

/**
 * Arguments of the core's last call of the video callback; `data` is 0 if the frame repeats the previous one.
 */
interface Video {
  data: number;
  width: number;
  height: number;
  pitchBytes: number;
}

/**
 * Starts emulators that are libretro cores, in C or C++.
 * https://docs.libretro.com/development/libretro-overview/
 */
export function startLibretro(name: string): StartPeer {
  return (rom, path) => {
    const core = FOLDERS.map((folder) => join(folder, `${name}_libretro.so`)).find(existsSync);
    return core === undefined ? undefined : start(core, rom, path);
  };
}

function start(core: string, rom: Uint8Array, path: string): Peer {
  const { symbols } = openCore(core);
  let buttons = 0;
  let bytesPerPixel = 2;
  const video: Video = { data: 0, width: 0, height: 0, pitchBytes: 0 };
  const environment = new JSCallback(
    (command: number, data: number): boolean => {
      switch (command & ~EXPERIMENTAL) {
        case GET_CAN_DUPE:
          new DataView(toArrayBuffer(data as Pointer, 0, 1)).setUint8(0, 1);
          return true;
        case SET_PIXEL_FORMAT:
          bytesPerPixel = read.i32(data as Pointer, 0) === FORMAT_XRGB8888 ? 4 : 2;
          return true;
        case GET_SYSTEM_DIRECTORY:
        case GET_SAVE_DIRECTORY:
          new DataView(toArrayBuffer(data as Pointer, 0, 8)).setBigUint64(0, BigInt(ptr(FOLDER)), true);
          return true;
        default:
          return false;
      }
    },
    { args: ["u32", "ptr"], returns: "bool" },
  );
  const refresh = new JSCallback(
    (data: number, width: number, height: number, pitchBytes: number | bigint) => {
      if (!data) return;
      video.data = data;
      video.width = width;
      video.height = height;
      video.pitchBytes = Number(pitchBytes);
    },
    { args: ["ptr", "u32", "u32", "usize"], returns: "void" },
  );
  const sample = new JSCallback(() => {}, { args: ["i16", "i16"], returns: "void" });
  const batch = new JSCallback((_data: number, frames: number | bigint) => frames, {
    args: ["ptr", "usize"],
    returns: "usize",
  });
  const poll = new JSCallback(() => {}, { args: [], returns: "void" });
  const state = new JSCallback(
    (port: number, _device: number, _index: number, id: number): number => {
      if (port !== 0) return 0;
      if (id === JOYPAD_MASK) {
        return JOYPAD_IDS.reduce((mask, bit, button) => mask | (((buttons >> button) & 1) << bit), 0);
      }
      const bit = JOYPAD_IDS.indexOf(id);
      return bit >= 0 ? (buttons >> bit) & 1 : 0;
    },
    { args: ["u32", "u32", "u32", "u32"], returns: "i16" },
  );
  symbols.retro_set_environment(environment.ptr);
  symbols.retro_set_video_refresh(refresh.ptr);
  symbols.retro_set_audio_sample(sample.ptr);
  symbols.retro_set_audio_sample_batch(batch.ptr);
  symbols.retro_set_input_poll(poll.ptr);
  symbols.retro_set_input_state(state.ptr);
  symbols.retro_init();

  const name = Buffer.from(`${path}\0`);
  // struct retro_game_info { const char *path; const void *data; size_t size; const char *meta; }
  const game = new BigUint64Array([BigInt(ptr(name)), BigInt(ptr(rom)), BigInt(rom.length), 0n]);
  if (!symbols.retro_load_game(ptr(game))) throw new Error(`${core} refuses ${path}`);
  // Without a device Nestopia reads no pad.
  for (const port of [0, 1]) symbols.retro_set_controller_port_device(port, DEVICE_JOYPAD);
  return {
    press: (mask) => {
      buttons = mask;
    },
    runFrame: () => symbols.retro_run(),
    picture: () => readPicture(video, bytesPerPixel),
  };
}

function openCore(core: string) {
  return dlopen(core, {
    retro_set_environment: { args: ["ptr"], returns: "void" },
    retro_set_video_refresh: { args: ["ptr"], returns: "void" },
    retro_set_audio_sample: { args: ["ptr"], returns: "void" },
    retro_set_audio_sample_batch: { args: ["ptr"], returns: "void" },
    retro_set_input_poll: { args: ["ptr"], returns: "void" },
    retro_set_input_state: { args: ["ptr"], returns: "void" },
    retro_set_controller_port_device: { args: ["u32", "u32"], returns: "void" },
    retro_init: { args: [], returns: "void" },
    retro_load_game: { args: ["ptr"], returns: "bool" },
    retro_run: { args: [], returns: "void" },
  });
}

function readPicture({ data, width, height, pitchBytes }: Video, bytesPerPixel: number): Picture {
  const colours = new Int32Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = y * pitchBytes + x * bytesPerPixel;
      const colour =
        bytesPerPixel === 4 ? read.u32(data as Pointer, at) & COLOUR_BITS : read.u16(data as Pointer, at);
      colours[y * width + x] = colour;
    }
  }
  return { width, height, colours };
}

const FOLDER = Buffer.from("/tmp\0");
