/**
 * Game pad functions of Windows and macOS, as Microsoft and Apple document them. A library opens at its first
 * use and is undefined if it does not exist.
 */
import type { FFIFunction } from "bun:ffi";
import { lazily, type NativeFunctions, openLibrary } from "./libc.ts";

const XINPUT = {
  XInputGetState: { args: ["u32", "ptr"], returns: "u32" },
} as const satisfies Record<string, FFIFunction>;

const CORE_FOUNDATION = {
  CFArrayGetCount: { args: ["ptr"], returns: "i32" },
  CFArrayGetValueAtIndex: { args: ["ptr", "i64"], returns: "ptr" },
  CFNumberGetValue: { args: ["ptr", "i64", "ptr"], returns: "u8" },
  CFRelease: { args: ["ptr"], returns: "void" },
  CFSetGetCount: { args: ["ptr"], returns: "i32" },
  CFSetGetValues: { args: ["ptr", "ptr"], returns: "void" },
  CFStringCreateWithCString: { args: ["ptr", "ptr", "u32"], returns: "ptr" },
  CFStringGetCString: { args: ["ptr", "ptr", "i64", "u32"], returns: "u8" },
} as const satisfies Record<string, FFIFunction>;

const IO_KIT = {
  IOCFUnserialize: { args: ["ptr", "ptr", "u64", "ptr"], returns: "ptr" },
  IOHIDDeviceClose: { args: ["ptr", "u32"], returns: "i32" },
  IOHIDDeviceCopyMatchingElements: { args: ["ptr", "ptr", "u32"], returns: "ptr" },
  IOHIDDeviceGetProperty: { args: ["ptr", "ptr"], returns: "ptr" },
  IOHIDDeviceGetService: { args: ["ptr"], returns: "u32" },
  IOHIDDeviceGetValue: { args: ["ptr", "ptr", "ptr"], returns: "i32" },
  IOHIDDeviceOpen: { args: ["ptr", "u32"], returns: "i32" },
  // Limits and values have 64 bits; pads use the lower 32.
  IOHIDElementGetLogicalMax: { args: ["ptr"], returns: "i32" },
  IOHIDElementGetLogicalMin: { args: ["ptr"], returns: "i32" },
  IOHIDElementGetUsage: { args: ["ptr"], returns: "u32" },
  IOHIDElementGetUsagePage: { args: ["ptr"], returns: "u32" },
  IOHIDManagerCopyDevices: { args: ["ptr"], returns: "ptr" },
  IOHIDManagerCreate: { args: ["ptr", "u32"], returns: "ptr" },
  IOHIDManagerSetDeviceMatchingMultiple: { args: ["ptr", "ptr"], returns: "void" },
  IOHIDValueGetIntegerValue: { args: ["ptr"], returns: "i32" },
  IORegistryEntryGetRegistryEntryID: { args: ["u32", "ptr"], returns: "i32" },
} as const satisfies Record<string, FFIFunction>;

const FRAMEWORKS = "/System/Library/Frameworks";

export type XInput = NativeFunctions<typeof XINPUT>;
export type HidLibrary = NativeFunctions<typeof IO_KIT> & NativeFunctions<typeof CORE_FOUNDATION>;

/** Opens XInput by the first of `names` that exists. Returns undefined if none does. */
export function openXInput(names: readonly string[]): XInput | undefined {
  return openLibrary(names, XINPUT);
}

/**
 * Opens IOKit's HID functions and the Core Foundation functions that they need. Returns undefined if either
 * library is missing.
 */
export function openHid(ioKit: string, coreFoundation: string): HidLibrary | undefined {
  const hid = openLibrary([ioKit], IO_KIT);
  const core = openLibrary([coreFoundation], CORE_FOUNDATION);
  return hid === undefined || core === undefined ? undefined : { ...hid, ...core };
}

/** XInput of Windows 8 and later, or of Windows Vista and 7. Undefined elsewhere. */
export const xinput: () => XInput | undefined = lazily(() =>
  process.platform === "win32" ? openXInput(["xinput1_4.dll", "xinput9_1_0.dll"]) : undefined,
);

/** macOS's HID functions. Undefined elsewhere. */
export const macHid: () => HidLibrary | undefined = lazily(() =>
  process.platform === "darwin"
    ? openHid(`${FRAMEWORKS}/IOKit.framework/IOKit`, `${FRAMEWORKS}/CoreFoundation.framework/CoreFoundation`)
    : undefined,
);
