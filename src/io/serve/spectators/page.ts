import { join } from "node:path";
import {
  type BundledPage,
  bundleScript,
  bundleStyle,
  fillPage,
  pageFolder,
  readTemplate,
} from "../../files/bundled-page.ts";

/** The page that shows a server's machine in a browser. */
export const SPECTATOR_PAGE: BundledPage = {
  file: "export/spectator.page",
  what: "page for spectators",
  bundle: bundleSpectator,
};

/**
 * The policy permits only the page's own script and style, and connections to the server. The sound's worklet
 * is loaded from a blob.
 */
async function bundleSpectator(): Promise<string> {
  const folder = pageFolder("src/io/serve/page");
  const worklet = await bundleScript(pageFolder("src/io/export/page/worklet.ts"));
  const script = await bundleScript(join(folder, "main.ts"), { WORKLET_SOURCE: JSON.stringify(worklet) });
  const style = await bundleStyle(join(folder, "page.css"));
  const template = await readTemplate(join(folder, "page.html"));
  const others = ["connect-src 'self'", "base-uri 'none'", "form-action 'none'"];
  return fillPage(template, script, style, others, " blob:");
}
