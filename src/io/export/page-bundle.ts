/**
 * The player of exported pages as one HTML text with places for the game. It is bundled from `page/` when the
 * package is packed or compiled, and on demand in a clone.
 */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { InputError } from "../../emu/input-error.ts";

const ROOT = join(import.meta.dir, "../../..");
/** The page's path in the package. `bun build --compile` embeds files with this extension as plain files. */
export const PAGE_FILE = "export/player.page";
/** The page's name inside a compiled executable. */
const EMBEDDED_NAME = /(^|\/)player(-\w+)?\.page$/;

/** Returns the page's text. Throws `InputError` ("unavailable") if this copy of emu was packed without it. */
export async function loadPage(): Promise<string> {
  const embedded = Bun.embeddedFiles.find((file) => EMBEDDED_NAME.test((file as File).name));
  if (embedded !== undefined) return embedded.text();
  // In a clone, the page in export/ may be older than the sources.
  if (existsSync(join(ROOT, ".ci/page.ts"))) return bundlePage();
  const file = Bun.file(join(ROOT, PAGE_FILE));
  if (await file.exists()) return file.text();
  throw new InputError(
    "unavailable",
    "this copy of emu has no player for pages",
    PAGE_FILE,
    "install it anew",
  );
}

/** Bundles the page from its sources. */
export async function bundlePage(): Promise<string> {
  const folder = join(ROOT, "src/io/export/page");
  const worklet = await bundleScript(join(folder, "worklet.ts"), {});
  const script = await bundleScript(join(folder, "main.ts"), { WORKLET_SOURCE: JSON.stringify(worklet) });
  const style = await bundleStyle(join(folder, "page.css"));
  const parts: Record<string, string> = { script, style, policy: policyFor(script, style) };
  const template = await Bun.file(join(folder, "page.html")).text();
  return template.replace(/<!-- @(script|style)@ -->|@(policy)@/g, (_, element, name) =>
    element === undefined ? parts[name]! : `<${element}>${parts[element]}</${element}>`,
  );
}

async function bundleScript(entry: string, define: Record<string, string>): Promise<string> {
  const { outputs } = await Bun.build({
    entrypoints: [entry],
    target: "browser",
    format: "iife",
    minify: true,
    define,
  });
  // In a page these would end the script or begin a comment. In the bundle they occur only in strings.
  return (await outputs[0]!.text()).trim().replaceAll("</script", "<\\/script").replaceAll("<!--", "<\\!--");
}

async function bundleStyle(entry: string): Promise<string> {
  const { outputs } = await Bun.build({ entrypoints: [entry], minify: true });
  return (await outputs[0]!.text()).trim();
}

/**
 * The policy permits only the page's own script and style, and no network access. The sound's worklet is
 * loaded from a blob.
 */
function policyFor(script: string, style: string): string {
  return [
    "default-src 'none'",
    `script-src '${hashOf(script)}' blob:`,
    `style-src '${hashOf(style)}'`,
    "img-src data:",
  ].join("; ");
}

function hashOf(text: string): string {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}
