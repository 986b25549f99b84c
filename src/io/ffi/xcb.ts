import type { FFIFunction } from "bun:ffi";
import { lazily, type NativeFunctions, openLibrary } from "./libc.ts";

/**
 * The part of X's C binding that reads which keys are down. Xlib is not used because it ends the whole
 * process when the server disconnects. A cookie is a struct of one unsigned int and is passed in a register
 * like one.
 */
const XCB = {
  xcb_connect: { args: ["ptr", "ptr"], returns: "ptr" },
  xcb_connection_has_error: { args: ["ptr"], returns: "i32" },
  xcb_disconnect: { args: ["ptr"], returns: "void" },
  xcb_get_keyboard_mapping: { args: ["ptr", "u8", "u8"], returns: "u32" },
  xcb_get_keyboard_mapping_reply: { args: ["ptr", "u32", "ptr"], returns: "ptr" },
  xcb_query_keymap: { args: ["ptr"], returns: "u32" },
  xcb_query_keymap_reply: { args: ["ptr", "u32", "ptr"], returns: "ptr" },
} as const satisfies Record<string, FFIFunction>;

const LIBC_FREE = { free: { args: ["ptr"], returns: "void" } } as const satisfies Record<string, FFIFunction>;

export type Xcb = NativeFunctions<typeof XCB> & NativeFunctions<typeof LIBC_FREE>;

/** libxcb, with the C library's `free` for its replies. Undefined where either is missing. */
export const xcb: () => Xcb | undefined = lazily(() => {
  if (process.platform !== "linux") return undefined;
  const xcbSymbols = openLibrary(["libxcb.so.1"], XCB);
  const libcSymbols = openLibrary(["libc.so.6"], LIBC_FREE);
  if (xcbSymbols === undefined || libcSymbols === undefined) return undefined;
  return { ...xcbSymbols, ...libcSymbols };
});
