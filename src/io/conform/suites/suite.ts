import { join } from "node:path";
import { InputError } from "../../../emu/input-error.ts";
import { type SourceNode, sourceError } from "../../files/documents/source-node.ts";
import { TableReader } from "../../files/documents/table-reader.ts";
import { userFolders } from "../../files/paths.ts";
import { printable } from "../../files/text.ts";

/** A set of ROMs that is fetched from an address. */
export interface Suite {
  readonly name: string;
  /** An archive or a ROM; with `files`, the address that their paths are relative to. */
  readonly url: string;
  /** SHA-256 of the file at `url`, or of the list of `files`; 64 lower-case hex digits. */
  readonly sha256: string;
  /** Single files: SHA-256 by path, in lower-case hex. */
  readonly files?: ReadonlyMap<string, string>;
  /** The folder inside the archive that paths begin in; "" for its top. */
  readonly folder: string;
}

const SHA256 = /^[0-9a-f]{64}$/i;
const KEYS = ["name", "url", "sha256", "files", "folder"];

/** Reads the `[[suite]]` tables of a manifest. Throws `InputError` with the place of the error. */
export function readSuites(items: readonly SourceNode[], path: string): Suite[] {
  const names = new Set<string>();
  return items.map((item) => {
    const reader = new TableReader(item, path, "a suite", KEYS);
    for (const key of ["name", "url"]) reader.need(key);
    const name = reader.text("name")!;
    if (names.has(name)) throw reader.wrong("name", "must not be that of another suite");
    names.add(name);
    const url = reader.matching("url", /^https?:\/\/[^\s]+$/i, "an http or https address")!;
    if (!URL.canParse(url)) throw reader.wrong("url", "must be an http or https address");
    if (reader.has("files")) return readFileSuite(reader, path, name, url);
    reader.need("sha256", "the checksum of the file at its address");
    const sha256 = reader.matching("sha256", SHA256, "64 hex digits")!.toLowerCase();
    const folder = reader.text("folder") ?? "";
    if (climbsOut(folder)) {
      throw sourceError(path, reader.node("folder")!.at, '"folder" must lie inside the archive');
    }
    return { name, url, sha256, folder };
  });
}

/**
 * Reads a suite of single files. Its checksum is that of the list, so a different list is a different suite.
 */
function readFileSuite(reader: TableReader, path: string, name: string, url: string): Suite {
  for (const key of ["sha256", "folder"]) {
    if (reader.has(key)) throw reader.wrong(key, 'is not allowed beside "files"');
  }
  if (!url.endsWith("/")) throw reader.wrong("url", 'must end with "/" where "files" are relative to it');
  const table = new TableReader(reader.node("files")!, path, "the files of a suite");
  const files = new Map<string, string>();
  for (const file of table.names()) {
    if (file === "" || climbsOut(file) || file.includes("\0") || /[?#%]/.test(file)) {
      throw sourceError(
        path,
        table.node(file)!.at,
        `${JSON.stringify(printable(file))} must be a relative path`,
      );
    }
    files.set(file, table.matching(file, SHA256, "64 hex digits, its SHA-256")!.toLowerCase());
  }
  if (files.size === 0) throw reader.wrong("files", "must name at least one file");
  const list = [...files].map(([file, sum]) => `${sum}  ${file}\n`).sort();
  const sha256 = new Bun.CryptoHasher("sha256").update(list.join("")).digest("hex");
  return { name, url, sha256, files, folder: "" };
}

function climbsOut(path: string): boolean {
  return path.split(/[/\\]/).includes("..") || /^([/\\]|[a-z]:)/i.test(path);
}

/**
 * Reads a mirror of the form "FROM=TO": addresses that begin with FROM are fetched from TO instead. Throws
 * `InputError` ("usage") for another form.
 */
export function parseMirror(text: string): (url: string) => string {
  const match = /^(https?:\/\/[^\s=]+)=(https?:\/\/\S+)$/i.exec(text);
  if (match === null) {
    const remedy = "--mirror https://example.org/=https://roms.example.net/";
    throw new InputError(
      "usage",
      "a mirror is FROM=TO, both http or https addresses",
      printable(text),
      remedy,
    );
  }
  const [, from, to] = match as unknown as [string, string, string];
  return (url) => (url.startsWith(from) ? to + url.slice(from.length) : url);
}

/** The folder of all suites, each in a folder named by its checksum. */
export function suitesCache(): string {
  return join(userFolders().cache, "suites");
}

/** The folder of a suite's ROMs after it was pulled. */
export function suiteFolder(suite: Suite): string {
  return join(suitesCache(), suite.sha256, suite.folder);
}
