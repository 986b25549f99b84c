/** A console that libretro cores play. */
export interface CoreSystem {
  readonly name: string;
  /** File extensions of its games, without dots. */
  readonly extensions: readonly string[];
  /** File names of cores, without `_libretro`; the one that emu prefers comes first. */
  readonly cores: readonly string[];
  /** Debian's package of such a core; undefined if there is none. */
  readonly debian?: string;
}

/** NES games run on emu's own machine; a core plays them only on request. */
export const NES_EXTENSIONS: readonly string[] = [
  "nes",
  "unf",
  "unif",
  "fds",
  "qd",
  "nsf",
  "nsfe",
  "studybox",
];

/**
 * Consoles with cores that draw in software. Of several cores, one that is fast and accurate comes first. For
 * other extensions, any installed core that lists the extension is used.
 */
export const CORE_SYSTEMS: readonly CoreSystem[] = [
  {
    name: "Game Boy, Game Boy Color",
    extensions: ["gb", "gbc", "dmg"],
    cores: ["gambatte", "sameboy", "mgba", "gearboy", "tgbdual"],
    debian: "libretro-gambatte",
  },
  {
    name: "Game Boy Advance",
    extensions: ["gba", "agb"],
    cores: ["mgba", "vbam", "vba_next", "gpsp", "mednafen_gba"],
    debian: "libretro-mgba",
  },
  {
    name: "Super Nintendo",
    extensions: ["sfc", "smc", "swc", "fig"],
    cores: [
      "snes9x",
      "bsnes_mercury_balanced",
      "bsnes_mercury_performance",
      "bsnes_mercury_accuracy",
      "bsnes",
      "mesen-s",
      "snes9x2010",
    ],
    debian: "libretro-bsnes-mercury-balanced",
  },
  {
    name: "PC Engine, TurboGrafx-16",
    extensions: ["pce", "sgx"],
    cores: ["mednafen_pce_fast", "mednafen_pce", "mednafen_supergrafx", "geargrafx"],
    debian: "libretro-beetle-pce-fast",
  },
  {
    name: "WonderSwan",
    extensions: ["ws", "wsc", "pc2"],
    cores: ["mednafen_wswan"],
    debian: "libretro-beetle-wswan",
  },
  {
    name: "Virtual Boy",
    extensions: ["vb", "vboy"],
    cores: ["mednafen_vb"],
    debian: "libretro-beetle-vb",
  },
  {
    name: "Mega Drive, Master System, Game Gear",
    extensions: ["md", "gen", "smd", "sms", "gg", "sg"],
    cores: ["genesis_plus_gx", "picodrive", "blastem", "gearsystem", "smsplus"],
  },
  { name: "Atari Lynx", extensions: ["lnx"], cores: ["handy", "mednafen_lynx"] },
  { name: "Neo Geo Pocket", extensions: ["ngp", "ngc"], cores: ["mednafen_ngp", "race"] },
  { name: "Atari 2600", extensions: ["a26"], cores: ["stella", "stella2014"] },
  { name: "Atari 7800", extensions: ["a78"], cores: ["prosystem"] },
  {
    name: "NES, Famicom",
    extensions: NES_EXTENSIONS,
    cores: ["nestopia", "mesen", "fceumm", "quicknes"],
    debian: "libretro-nestopia",
  },
];

/** Debian's command for the cores of all systems. */
export const DEBIAN_CORES = `apt-get install ${CORE_SYSTEMS.flatMap(({ debian }) => debian ?? []).join(" ")}`;

/** The system whose games have this extension; undefined if emu knows none. */
export function systemOf(extension: string): CoreSystem | undefined {
  return CORE_SYSTEMS.find(({ extensions }) => extensions.includes(extension));
}

const GB_LOGO = [0xce, 0xed, 0x66, 0x66, 0xcc, 0x0d, 0x00, 0x0b];
const GB_LOGO_AT = 0x104;
const GBA_LOGO = [0x24, 0xff, 0xae, 0x51, 0x69, 0x9a, 0xa2, 0x21];
const GBA_LOGO_AT = 4;
const MEGA_DRIVE_NAME = [0x53, 0x45, 0x47, 0x41];
const MEGA_DRIVE_AT = 0x100;

/** Bytes that `extensionByContent` looks at. */
export const CONTENT_BYTES = GB_LOGO_AT + GB_LOGO.length;

/** The extension that matches a game's contents; undefined if the contents do not show it. */
export function extensionByContent(bytes: Uint8Array): string | undefined {
  const holds = (wanted: readonly number[], at: number): boolean =>
    wanted.every((byte, index) => bytes[at + index] === byte);
  if (holds(GB_LOGO, GB_LOGO_AT)) return "gb";
  if (holds(GBA_LOGO, GBA_LOGO_AT)) return "gba";
  return holds(MEGA_DRIVE_NAME, MEGA_DRIVE_AT) ? "md" : undefined;
}
