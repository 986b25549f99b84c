/**
 * Pages for browsers that emu contains as one HTML text. They are bundled when the package is packed or
 * compiled, and on demand in a clone.
 */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import { InputError } from "../../emu/input-error.ts";

const ROOT = join(import.meta.dir, "../../..");

/** A page and where to find it. */
export interface BundledPage {
  /**
   * Its path in the package. `bun build --compile` embeds files with the extension `.page` as plain files.
   */
  readonly file: string;
  /** What it is, for errors: "player for pages". */
  readonly what: string;
  /** Bundles it from its sources. */
  bundle(): Promise<string>;
}

/** Returns the page's text. Throws `InputError` ("unavailable") if this copy of emu was packed without it. */
export async function loadPage({ file, what, bundle }: BundledPage): Promise<string> {
  const stem = basename(file, ".page");
  // The compiler may add a hash to the name.
  const embeddedName = new RegExp(`(^|/)${stem}(-\\w+)?\\.page$`);
  const embedded = Bun.embeddedFiles.find((each) => embeddedName.test((each as File).name));
  if (embedded !== undefined) return embedded.text();
  // In a clone, the page in export/ may be older than the sources.
  if (existsSync(join(ROOT, ".ci/page.ts"))) return bundle();
  const packed = Bun.file(join(ROOT, file));
  if (await packed.exists()) return packed.text();
  throw new InputError("unavailable", `this copy of emu has no ${what}`, file, "install it anew");
}

/** The folder of a page's sources. */
export function pageFolder(path: string): string {
  return join(ROOT, path);
}

/**
 * Bundles a module and what it imports into one script, and escapes it for a `script` element. `files` are
 * texts of modules that take the place of files on the disk.
 */
export async function bundleScript(
  entry: string,
  define: Record<string, string> = {},
  files: Record<string, string> = {},
): Promise<string> {
  const { outputs } = await runBundler({
    entrypoints: [entry],
    files,
    target: "browser",
    format: "iife",
    minify: true,
    define: { "process.env.NODE_ENV": '"production"', ...define },
  });
  // In a page these would end the script or begin a comment. In the bundle they occur only in strings.
  return (await outputs[0]!.text()).trim().replaceAll("</script", "<\\/script").replaceAll("<!--", "<\\!--");
}

/**
 * Returns a page's template with the touch pad that pages share at `<!-- @pad@ -->`.
 */
export async function readTemplate(file: string): Promise<string> {
  const pad = await Bun.file(pageFolder("src/io/export/page/pad.html")).text();
  return (await Bun.file(file).text()).replace("<!-- @pad@ -->", () => pad.trim());
}

export async function bundleStyle(entry: string): Promise<string> {
  const { outputs } = await runBundler({ entrypoints: [entry], minify: true });
  return (await outputs[0]!.text()).trim();
}

/** Bundles in a clone. Throws `InputError` ("unavailable") if its packages are not installed. */
export async function runBundler(config: Bun.BuildConfig): Promise<Bun.BuildOutput> {
  try {
    return await Bun.build(config);
  } catch (error) {
    const missing = error instanceof AggregateError ? error.errors.find(isResolveMessage) : undefined;
    if (missing === undefined) throw error;
    const { specifier } = missing;
    throw new InputError(
      "unavailable",
      `a package for the page is missing: ${specifier}`,
      "",
      "run bun install in emu's folder",
    );
  }
}

function isResolveMessage(error: unknown): error is ResolveMessage {
  return error instanceof ResolveMessage;
}

/**
 * Fills a page's places: `<!-- @script@ -->` and `<!-- @style@ -->` become elements, `@policy@` the policy,
 * which permits this script and style and what `others` adds.
 */
export function fillPage(
  template: string,
  script: string,
  style: string,
  others: readonly string[],
  scriptSources = "",
): string {
  const policy = [
    "default-src 'none'",
    `script-src '${hashOf(script)}'${scriptSources}`,
    `style-src '${hashOf(style)}'`,
    ...others,
  ].join("; ");
  const parts: Record<string, string> = { script, style, policy };
  return template.replace(/<!-- @(script|style)@ -->|@(policy)@/g, (_, element, name) =>
    element === undefined ? parts[name]! : `<${element}>${parts[element]}</${element}>`,
  );
}

function hashOf(text: string): string {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}
