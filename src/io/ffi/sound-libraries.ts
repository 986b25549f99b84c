/**
 * The sound libraries' functions that emu calls: libpulse's simple interface and libasound. Opened at the
 * first use; undefined where a library is absent.
 */
import type { FFIFunction } from "bun:ffi";
import { lazily, openLibrary, type Symbols } from "./libc.ts";

const PULSE_SIMPLE = {
  pa_simple_new: {
    args: ["ptr", "ptr", "i32", "ptr", "ptr", "ptr", "ptr", "ptr", "ptr"],
    returns: "ptr",
  },
  pa_simple_write: { args: ["ptr", "ptr", "u64", "ptr"], returns: "i32" },
  // Microseconds in 64 bits, of which the lower half is over an hour.
  pa_simple_get_latency: { args: ["ptr", "ptr"], returns: "u32" },
  pa_simple_free: { args: ["ptr"], returns: "void" },
} as const satisfies Record<string, FFIFunction>;

const ALSA = {
  snd_pcm_open: { args: ["ptr", "ptr", "i32", "i32"], returns: "i32" },
  snd_pcm_set_params: { args: ["ptr", "i32", "i32", "u32", "u32", "i32", "u32"], returns: "i32" },
  snd_pcm_writei: { args: ["ptr", "ptr", "u64"], returns: "i32" },
  snd_pcm_delay: { args: ["ptr", "ptr"], returns: "i32" },
  snd_pcm_recover: { args: ["ptr", "i32", "i32"], returns: "i32" },
  snd_pcm_close: { args: ["ptr"], returns: "i32" },
} as const satisfies Record<string, FFIFunction>;

/** libpulse-simple, which PipeWire's server serves as well. */
export const pulseSimple: () => Symbols<typeof PULSE_SIMPLE> | undefined = lazily(() =>
  process.platform === "linux" ? openLibrary(["libpulse-simple.so.0"], PULSE_SIMPLE) : undefined,
);

/** libasound. */
export const alsa: () => Symbols<typeof ALSA> | undefined = lazily(() =>
  process.platform === "linux" ? openLibrary(["libasound.so.2"], ALSA) : undefined,
);
