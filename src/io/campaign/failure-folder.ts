import { mkdir, rmdir } from "node:fs/promises";
import { join } from "node:path";
import { InputError } from "../../emu/input-error.ts";
import { traceOf } from "../conform/failure-traces.ts";
import type { TestSpec } from "../conform/types.ts";
import { writeFileWhole } from "../files/atomic-write.ts";
import { writeError } from "../files/write-target.ts";
import type { Symbols } from "../symbols/symbols.ts";
import { writeTraceFile } from "../trace/trace-file.ts";
import { describeFailure, placeAndFrame } from "./describe.ts";
import type { CampaignFailure, FailureFiles } from "./types.ts";

/** The folder of --out. */
export class FailureFolder {
  /** The first file that could not be written. */
  problem: InputError | undefined;
  readonly #path: string;
  /** The highest folder that was created for it. */
  readonly #created: string | undefined;

  private constructor(path: string, created: string | undefined) {
    this.#path = path;
    this.#created = created;
  }

  /** Creates the folder, so that a long campaign does not end without one. Throws `InputError` ("io"). */
  static async open(path: string): Promise<FailureFolder> {
    try {
      return new FailureFolder(path, await mkdir(path, { recursive: true }));
    } catch (error) {
      throw writeError(error, path);
    }
  }

  /**
   * Writes a movie, a picture, the reason, and a trace of the end of the movie. `test` is a test of the
   * campaign. Returns undefined if that fails: see `problem`.
   */
  async write(
    failure: CampaignFailure,
    symbols: Symbols,
    test: Omit<TestSpec, "name">,
  ): Promise<FailureFiles | undefined> {
    const { finding, proof } = failure;
    if (proof === undefined) return undefined;
    const path = (extension: string): string => join(this.#path, `${finding.key}.${extension}`);
    const files = { movie: path(proof.format), picture: path("png"), text: path("txt") };
    try {
      await writeFileWhole(files.movie, proof.movie);
      await writeFileWhole(files.picture, proof.picture);
      await writeFileWhole(files.text, `${describeFailure(failure, symbols).join("\n")}\n`);
      const { key, what } = finding;
      const { movie: inputFile } = files;
      const played = {
        ...test,
        name: key,
        protocol: "movie",
        inputFile,
        maxFrames: proof.movieFrames,
      } as const;
      const trace = await traceOf(played, what);
      if (trace === undefined) return files;
      const withTrace = { ...files, trace: path("emutrace") };
      writeTraceFile(withTrace.trace, { ...trace, place: placeAndFrame(failure, symbols) });
      return withTrace;
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      this.problem ??= error;
      return undefined;
    }
  }

  /** Removes the folder if it was created and is empty. */
  async close(): Promise<void> {
    if (this.#created !== undefined) await rmdir(this.#path).catch(() => {});
  }
}
