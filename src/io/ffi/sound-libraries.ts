/**
 * Functions of libpulse and libasound. A library opens at its first use and is undefined if it does not
 * exist.
 */
import type { FFIFunction } from "bun:ffi";
import { lazily, type NativeFunctions, openLibrary } from "./libc.ts";

/** No callbacks: emu polls states while it holds the main loop's lock. */
const PULSE = {
  pa_threaded_mainloop_new: { args: [], returns: "ptr" },
  pa_threaded_mainloop_get_api: { args: ["ptr"], returns: "ptr" },
  pa_threaded_mainloop_start: { args: ["ptr"], returns: "i32" },
  pa_threaded_mainloop_stop: { args: ["ptr"], returns: "void" },
  pa_threaded_mainloop_free: { args: ["ptr"], returns: "void" },
  pa_threaded_mainloop_lock: { args: ["ptr"], returns: "void" },
  pa_threaded_mainloop_unlock: { args: ["ptr"], returns: "void" },
  pa_context_new: { args: ["ptr", "ptr"], returns: "ptr" },
  pa_context_connect: { args: ["ptr", "ptr", "u32", "ptr"], returns: "i32" },
  pa_context_get_state: { args: ["ptr"], returns: "i32" },
  pa_context_disconnect: { args: ["ptr"], returns: "void" },
  pa_context_unref: { args: ["ptr"], returns: "void" },
  pa_stream_new: { args: ["ptr", "ptr", "ptr", "ptr"], returns: "ptr" },
  pa_stream_connect_playback: { args: ["ptr", "ptr", "ptr", "u32", "ptr", "ptr"], returns: "i32" },
  pa_stream_get_state: { args: ["ptr"], returns: "i32" },
  // Sizes have 64 bits, of which the lower 32 are enough. All ones (-1) is an error.
  pa_stream_writable_size: { args: ["ptr"], returns: "i32" },
  pa_stream_write: { args: ["ptr", "ptr", "u64", "ptr", "i64", "i32"], returns: "i32" },
  pa_stream_get_latency: { args: ["ptr", "ptr", "ptr"], returns: "i32" },
  pa_stream_get_underflow_index: { args: ["ptr"], returns: "i32" },
  pa_stream_set_buffer_attr: { args: ["ptr", "ptr", "ptr", "ptr"], returns: "ptr" },
  pa_stream_disconnect: { args: ["ptr"], returns: "i32" },
  pa_stream_unref: { args: ["ptr"], returns: "void" },
  pa_operation_unref: { args: ["ptr"], returns: "void" },
} as const satisfies Record<string, FFIFunction>;

const ALSA = {
  snd_pcm_open: { args: ["ptr", "ptr", "i32", "i32"], returns: "i32" },
  snd_pcm_set_params: { args: ["ptr", "i32", "i32", "u32", "u32", "i32", "u32"], returns: "i32" },
  snd_pcm_writei: { args: ["ptr", "ptr", "u64"], returns: "i32" },
  snd_pcm_delay: { args: ["ptr", "ptr"], returns: "i32" },
  snd_pcm_drop: { args: ["ptr"], returns: "i32" },
  snd_pcm_hw_free: { args: ["ptr"], returns: "i32" },
  snd_pcm_recover: { args: ["ptr", "i32", "i32"], returns: "i32" },
  snd_pcm_close: { args: ["ptr"], returns: "i32" },
} as const satisfies Record<string, FFIFunction>;

/** libpulse. It also talks to PipeWire's server. */
export const pulse: () => NativeFunctions<typeof PULSE> | undefined = lazily(() =>
  process.platform === "linux" ? openLibrary(["libpulse.so.0"], PULSE) : undefined,
);

/** libasound. */
export const alsa: () => NativeFunctions<typeof ALSA> | undefined = lazily(() =>
  process.platform === "linux" ? openLibrary(["libasound.so.2"], ALSA) : undefined,
);
