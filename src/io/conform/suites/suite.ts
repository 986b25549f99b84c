import { join } from "node:path";
import { userFolders } from "../../files/paths.ts";
import { type SourceNode, sourceError } from "../source/source-node.ts";
import { TableReader } from "../source/table-reader.ts";

/** A set of ROMs that is got from elsewhere. */
export interface Suite {
  readonly name: string;
  readonly url: string;
  /** Of the file behind `url`; 64 lower-case hex digits. */
  readonly sha256: string;
  /** The folder inside the archive that paths begin in; "" for its top. */
  readonly folder: string;
}

const KEYS = ["name", "url", "sha256", "folder"];

/** Reads the `[[suite]]` tables of a manifest. Throws `InputError` with the place of what is wrong. */
export function readSuites(items: readonly SourceNode[], path: string): Suite[] {
  const names = new Set<string>();
  return items.map((item) => {
    const reader = new TableReader(item, path, "a suite", KEYS);
    for (const key of ["name", "url", "sha256"]) reader.need(key);
    const name = reader.text("name")!;
    if (names.has(name)) throw reader.wrong("name", "must not be that of another suite");
    names.add(name);
    const url = reader.matching("url", /^https?:\/\/[^\s]+$/i, "an http or https address")!;
    if (!URL.canParse(url)) throw reader.wrong("url", "must be an http or https address");
    const sha256 = reader.matching("sha256", /^[0-9a-f]{64}$/i, "64 hex digits")!.toLowerCase();
    const folder = reader.text("folder") ?? "";
    if (folder.split(/[/\\]/).includes("..") || /^([/\\]|[a-z]:)/i.test(folder)) {
      throw sourceError(path, reader.node("folder")!.at, '"folder" must lie inside the archive');
    }
    return { name, url, sha256, folder };
  });
}

/** Where all suites are kept, each in a folder that its checksum names. */
export function suitesCache(): string {
  return join(userFolders().cache, "suites");
}

/** Where the ROMs of a suite are once it has been pulled. */
export function suiteFolder(suite: Suite): string {
  return join(suitesCache(), suite.sha256, suite.folder);
}
