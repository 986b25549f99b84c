/**
 * The player of exported pages as one HTML text with places for the game. It is bundled from `page/`: when
 * the package is packed or compiled, and on demand in a clone.
 */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { InputError } from "../../emu/input-error.ts";

const ROOT = join(import.meta.dir, "../../..");
/** Where the package has the page. The ending is one that `bun build --compile` takes for a plain file. */
export const PAGE_FILE = "export/player.page";
/** What it is called inside a compiled executable. */
const EMBEDDED_NAME = /(^|\/)player(-\w+)?\.page$/;

/** The page's text. Throws `InputError` ("unavailable") when this copy of emu was packed without it. */
export async function loadPage(): Promise<string> {
  const embedded = Bun.embeddedFiles.find((file) => EMBEDDED_NAME.test((file as File).name));
  if (embedded !== undefined) return embedded.text();
  // A clone: what lies in export/ may be older than the sources.
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
  // In a page these would end the script or begin a comment; they stand in strings only.
  return (await outputs[0]!.text()).trim().replaceAll("</script", "<\\/script").replaceAll("<!--", "<\\!--");
}

async function bundleStyle(entry: string): Promise<string> {
  const { outputs } = await Bun.build({ entrypoints: [entry], minify: true });
  return (await outputs[0]!.text()).trim();
}

/** Only the page's own script and style, nothing over the network. The sound's worklet comes from a blob. */
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
