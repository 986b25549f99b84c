/** The player of exported pages as one HTML text with places for the game. */
import { join } from "node:path";
import { type BundledPage, bundleScript, bundleStyle, fillPage, pageFolder } from "../files/bundled-page.ts";

export const PLAYER_PAGE: BundledPage = {
  file: "export/player.page",
  what: "player for pages",
  bundle: bundlePlayer,
};

/**
 * The policy permits only the page's own script and style, and no network access. The sound's worklet is
 * loaded from a blob.
 */
async function bundlePlayer(): Promise<string> {
  const folder = pageFolder("src/io/export/page");
  const worklet = await bundleScript(join(folder, "worklet.ts"));
  const script = await bundleScript(join(folder, "main.ts"), { WORKLET_SOURCE: JSON.stringify(worklet) });
  const style = await bundleStyle(join(folder, "page.css"));
  return fillPage(join(folder, "page.html"), script, style, ["img-src data:"], " blob:");
}
