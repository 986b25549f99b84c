import { existsSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { InputError } from "../../emu/input-error.ts";
import { openSink } from "./sink.ts";
import { printable } from "./text.ts";

/**
 * Writes a complete file, replacing an existing one, or standard output for "-". Throws `InputError` if it
 * cannot be written.
 */
export function writeOutput(path: string, contents: Uint8Array | string): void {
  const sink = openSink(path);
  try {
    sink.write(typeof contents === "string" ? new TextEncoder().encode(contents) : contents);
    sink.commit();
  } finally {
    sink.abort();
  }
}

/**
 * Throws `InputError` ("usage") if an output would replace an input, or if two outputs are the same file.
 * Links are followed. An input can be a file in an archive: `archive.zip#game.nes` is the archive.
 */
export function checkOutputs(inputs: readonly string[], outputs: readonly string[]): void {
  const taken = new Set(inputs.map((input) => identity(archiveOf(input))));
  for (const output of outputs) {
    const file = identity(output);
    if (file === undefined) continue;
    if (taken.has(file)) {
      const what = "would replace a file that it is made of, or is named twice";
      throw new InputError("usage", what, printable(output), "choose another name");
    }
    taken.add(file);
  }
}

/**
 * A text that is equal for two paths of the same file. Undefined for devices and pipes, which are written
 * through, not replaced.
 */
function identity(path: string): string | undefined {
  try {
    // Numbers also compare names that differ in case only, where the file system takes them as the same.
    const status = statSync(path, { bigint: true });
    return status.isFile() || status.isDirectory() ? `${status.dev}:${status.ino}` : undefined;
  } catch {
    const whole = resolve(path);
    try {
      return join(realpathSync(dirname(whole)), basename(whole));
    } catch {
      return whole;
    }
  }
}

/** The archive of `archive.zip#game.nes` or `archive.zip/game.nes`; other paths are returned unchanged. */
function archiveOf(path: string): string {
  for (let at = path.length; at > 0; at--) {
    const isWhole = at === path.length;
    if (!isWhole && !"#/\\".includes(path[at]!)) continue;
    const part = path.slice(0, at);
    if (existsSync(part) && (isWhole || statSync(part).isFile())) return part;
  }
  return path;
}
