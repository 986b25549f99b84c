const NES_EXTENSIONS = "nes|unf|unif|fds|qd|nsfe?";
/** Extensions of other consoles' games. Those that other files have too are left out. */
const OTHER_EXTENSIONS = "gb|gbc|gba|sfc|smc|pce|sgx|ws|wsc|vb|gg|sms|lnx|ngp|ngc|a26|a78";
const ARCHIVE_EXTENSIONS = "zip|gz|7z|rar";

/** Names of ROMs that emu's own machine plays. */
export const NES_FILE_NAME = extension(NES_EXTENSIONS);

/** Names of files that can hold a ROM, for menus and searches. */
export const ROM_FILE_NAME = extension(NES_EXTENSIONS, ARCHIVE_EXTENSIONS);

/** The same, with games of other consoles, which libretro cores play. */
export const GAME_FILE_NAME = extension(NES_EXTENSIONS, OTHER_EXTENSIONS, ARCHIVE_EXTENSIONS);

function extension(...lists: readonly string[]): RegExp {
  return new RegExp(`\\.(${lists.join("|")})$`, "i");
}
