/** Names of files that can hold a ROM, for menus and searches. */
export const ROM_FILE_NAME = /\.(nes|unf|unif|fds|qd|nsfe?|zip|gz|7z|rar)$/i;

/**
 * The same, with games of other consoles, which libretro cores play. Extensions of other files are left out.
 */
export const GAME_FILE_NAME =
  /\.(nes|unf|unif|fds|qd|nsfe?|gb|gbc|gba|sfc|smc|pce|sgx|ws|wsc|vb|gg|sms|lnx|ngp|ngc|a26|a78|zip|gz|7z|rar)$/i;
