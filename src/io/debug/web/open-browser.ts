/**
 * Returns the program that opens an address in the user's browser; undefined over ssh and without a desktop,
 * where the address is only printed.
 */
export function browserOpener(
  env: Readonly<Record<string, string | undefined>> = process.env,
  platform: NodeJS.Platform = process.platform,
): readonly string[] | undefined {
  if (env.SSH_CONNECTION !== undefined || env.SSH_TTY !== undefined) return undefined;
  if (platform === "darwin") return ["open"];
  // `start` of cmd.exe would treat & in the address as the end of its command.
  if (platform === "win32") return ["rundll32", "url.dll,FileProtocolHandler"];
  const hasDesktop = (env.DISPLAY ?? "") !== "" || (env.WAYLAND_DISPLAY ?? "") !== "";
  return hasDesktop && Bun.which("xdg-open") !== null ? ["xdg-open"] : undefined;
}

/** Opens an address in the user's browser if there is one. Nothing depends on whether it works. */
export function openBrowser(url: string): void {
  const opener = browserOpener();
  if (opener === undefined) return;
  try {
    Bun.spawn([...opener, url], { stdin: "ignore", stdout: "ignore", stderr: "ignore" }).unref();
  } catch {
    // The address was printed.
  }
}
