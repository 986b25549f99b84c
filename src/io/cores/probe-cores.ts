import { InputError } from "../../emu/input-error.ts";
import { probeCore } from "./core-client.ts";
import type { CoreFile } from "./core-files.ts";

/** A core as `emu cores` lists it. */
export interface CoreReport {
  readonly id: string;
  readonly name: string;
  readonly version: string;
  readonly systems: string;
  readonly licence: string;
  readonly extensions: readonly string[];
  readonly path: string;
  /** The reason why it cannot be used; undefined if it loads. */
  readonly fault?: string;
}

/** Loads each core in a separate process and reads its description. */
export async function probeCores(cores: readonly CoreFile[]): Promise<CoreReport[]> {
  const reports: CoreReport[] = [];
  for (const core of cores) reports.push(await probe(core));
  return reports;
}

async function probe({ id, path, systems, licence, extensions }: CoreFile): Promise<CoreReport> {
  const known = { id, systems, licence, path };
  try {
    const identity = await probeCore(path);
    const { name, version } = identity;
    return { ...known, name, version, extensions: identity.extensions };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { ...known, name: id, version: "", extensions, fault: error.message };
  }
}
