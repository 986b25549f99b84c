/** Names of files that can hold a ROM, for menus and searches. */
export const ROM_FILE_NAME = /\.(nes|unf|unif|fds|qd|zip|gz|7z|rar)$/i;
