import { CFunction, CString, dlopen, type FFIFunction, type Pointer } from "bun:ffi";
import { InputError } from "../../emu/input-error.ts";
import type { NativeFunctions } from "./libc.ts";

/**
 * Every function that a libretro core must export: https://docs.libretro.com/development/libretro-overview/
 */
const LIBRETRO = {
  retro_api_version: { args: [], returns: "u32" },
  retro_set_environment: { args: ["ptr"], returns: "void" },
  retro_set_video_refresh: { args: ["u64"], returns: "void" },
  retro_set_audio_sample: { args: ["u64"], returns: "void" },
  retro_set_audio_sample_batch: { args: ["u64"], returns: "void" },
  retro_set_input_poll: { args: ["u64"], returns: "void" },
  retro_set_input_state: { args: ["u64"], returns: "void" },
  retro_init: { args: [], returns: "void" },
  retro_deinit: { args: [], returns: "void" },
  retro_get_system_info: { args: ["ptr"], returns: "void" },
  retro_get_system_av_info: { args: ["ptr"], returns: "void" },
  retro_set_controller_port_device: { args: ["u32", "u32"], returns: "void" },
  retro_reset: { args: [], returns: "void" },
  retro_run: { args: [], returns: "void" },
  retro_serialize_size: { args: [], returns: "u64" },
  retro_serialize: { args: ["ptr", "u64"], returns: "bool" },
  retro_unserialize: { args: ["ptr", "u64"], returns: "bool" },
  retro_load_game: { args: ["ptr"], returns: "bool" },
  retro_unload_game: { args: [], returns: "void" },
  retro_get_memory_data: { args: ["u32"], returns: "ptr" },
  retro_get_memory_size: { args: ["u32"], returns: "u64" },
} as const satisfies Record<string, FFIFunction>;

export type LibretroSymbols = NativeFunctions<typeof LIBRETRO>;

/**
 * Loads a core into this process. Throws `InputError` ("data") if the file is not a library for this system,
 * or not a core. A library runs code when it is loaded, so only a separate process should call this.
 */
export function openCoreLibrary(path: string): LibretroSymbols {
  try {
    return dlopen(path, LIBRETRO).symbols;
  } catch (error) {
    const reason = error instanceof Error ? error.message.split("\n")[0]! : String(error);
    throw new InputError("data", `is not a libretro core: ${reason}`, path);
  }
}

/** A function of the core, given by its address. */
export function coreFunction(address: number, signature: FFIFunction): (...values: unknown[]) => unknown {
  return CFunction({ ptr: address as Pointer, ...signature }) as never;
}

/** The text at an address; empty at 0. */
export function textAt(address: number): string {
  return address === 0 ? "" : new CString(address as Pointer).toString();
}
