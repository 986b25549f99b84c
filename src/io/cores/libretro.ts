/**
 * Numbers of the libretro API that the host uses. https://docs.libretro.com/development/libretro-overview/
 */

export const RETRO_API_VERSION = 1;

/**
 * Devices that cores read by `retro_input_state_t`. The ids that ports are set to have a subclass in the
 * higher byte.
 */
export const DEVICE_NONE = 0;
export const DEVICE_JOYPAD = 1;
export const DEVICE_MOUSE = 2;
export const DEVICE_LIGHTGUN = 4;
export const DEVICE_ANALOG = 5;
export const DEVICE_POINTER = 6;

/**
 * Joypad ids by bit of emu's button word: A, B, Select, Start, Up, Down, Left, Right, X, Y, L, R, L2, R2, L3,
 * R3.
 */
export const JOYPAD_IDS: readonly number[] = [8, 0, 2, 3, 4, 5, 6, 7, 9, 1, 10, 11, 12, 13, 14, 15];

export const MOUSE_X = 0;
export const MOUSE_Y = 1;
export const MOUSE_LEFT = 2;
export const MOUSE_RIGHT = 3;
export const MOUSE_MIDDLE = 6;

export const POINTER_X = 0;
export const POINTER_Y = 1;
export const POINTER_PRESSED = 2;
/** Number of fingers on the screen. */
export const POINTER_COUNT = 3;

/** Movement since the last frame, for cores that draw their own cross hair. */
export const LIGHTGUN_X = 0;
export const LIGHTGUN_Y = 1;
export const LIGHTGUN_TRIGGER = 2;
/** Named cursor, turbo and pause in older cores. */
export const LIGHTGUN_AUX_A = 3;
export const LIGHTGUN_AUX_B = 4;
export const LIGHTGUN_START = 6;
export const LIGHTGUN_SELECT = 7;
export const LIGHTGUN_SCREEN_X = 13;
export const LIGHTGUN_SCREEN_Y = 14;
export const LIGHTGUN_IS_OFFSCREEN = 15;
export const LIGHTGUN_RELOAD = 16;

/** `retro_get_memory_data`. */
export const MEMORY_SAVE_RAM = 0;
export const MEMORY_RTC = 1;
export const MEMORY_SYSTEM_RAM = 2;
export const MEMORY_VIDEO_RAM = 3;

/** Pixel formats. The first is the default. */
export const FORMAT_0RGB1555 = 0;
export const FORMAT_XRGB8888 = 1;
export const FORMAT_RGB565 = 2;
export type CorePixelFormat = 0 | 1 | 2;

/** Commands of the environment callback. Bit 16 marks experimental ones and is not part of the number. */
export const EXPERIMENTAL = 0x10000;
export const ENV = {
  SET_ROTATION: 1,
  GET_OVERSCAN: 2,
  GET_CAN_DUPE: 3,
  SET_MESSAGE: 6,
  SHUTDOWN: 7,
  SET_PERFORMANCE_LEVEL: 8,
  GET_SYSTEM_DIRECTORY: 9,
  SET_PIXEL_FORMAT: 10,
  SET_INPUT_DESCRIPTORS: 11,
  SET_DISK_CONTROL_INTERFACE: 13,
  SET_HW_RENDER: 14,
  GET_VARIABLE: 15,
  SET_VARIABLES: 16,
  GET_VARIABLE_UPDATE: 17,
  SET_SUPPORT_NO_GAME: 18,
  GET_LIBRETRO_PATH: 19,
  GET_INPUT_DEVICE_CAPABILITIES: 24,
  GET_LOG_INTERFACE: 27,
  GET_CORE_ASSETS_DIRECTORY: 30,
  GET_SAVE_DIRECTORY: 31,
  SET_SYSTEM_AV_INFO: 32,
  SET_SUBSYSTEM_INFO: 34,
  SET_CONTROLLER_INFO: 35,
  SET_GEOMETRY: 37,
  GET_LANGUAGE: 39,
  SET_SERIALIZATION_QUIRKS: 44,
  GET_AUDIO_VIDEO_ENABLE: 47,
  GET_FASTFORWARDING: 49,
  GET_INPUT_BITMASKS: 51,
  GET_CORE_OPTIONS_VERSION: 52,
  SET_CORE_OPTIONS: 53,
  SET_CORE_OPTIONS_INTL: 54,
  SET_CORE_OPTIONS_DISPLAY: 55,
  GET_DISK_CONTROL_INTERFACE_VERSION: 57,
  SET_DISK_CONTROL_EXT_INTERFACE: 58,
  GET_MESSAGE_INTERFACE_VERSION: 59,
  SET_MESSAGE_EXT: 60,
  GET_INPUT_MAX_USERS: 61,
  SET_CORE_OPTIONS_V2: 67,
  SET_CORE_OPTIONS_V2_INTL: 68,
  SET_VARIABLE: 70,
} as const;

/** Bits of GET_AUDIO_VIDEO_ENABLE: picture and sound are both wanted. */
export const AUDIO_VIDEO_WANTED = 3;

/** Severities of the log interface. */
export const CORE_LOG_LEVELS = ["debug", "info", "warn", "error"] as const;
export type CoreLogLevel = (typeof CORE_LOG_LEVELS)[number];
