import { join } from "node:path";
import {
  type BundledPage,
  bundleScript,
  bundleStyle,
  fillPage,
  pageFolder,
} from "../../files/bundled-page.ts";

/** The page of the debugger. */
export const DEBUGGER_PAGE: BundledPage = {
  file: "export/debugger.page",
  what: "page for the debugger",
  bundle: bundleDebugger,
};

/** The policy permits only the page's own script and style, and connections to the debugger. */
async function bundleDebugger(): Promise<string> {
  const folder = pageFolder("src/io/debug/page");
  const script = await bundleScript(join(folder, "main.tsx"));
  const style = await bundleStyle(join(folder, "page.css"));
  const template = await Bun.file(join(folder, "page.html")).text();
  return fillPage(template, script, style, [
    "connect-src 'self'",
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
  ]);
}
