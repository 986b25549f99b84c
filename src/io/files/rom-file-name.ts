/** Names of files that can hold a ROM: what menus list and folders are searched for. */
export const ROM_FILE_NAME = /\.(nes|unf|unif|fds|qd|zip|gz|7z|rar)$/i;
