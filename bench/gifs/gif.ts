import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Pictures of a recording with the time that each is shown. */
export class Recording {
  readonly #folder = mkdtempSync(join(tmpdir(), "emu-gif-"));
  readonly #shown: string[] = [];
  #count = 0;

  /** Adds a PNG file that is shown for `seconds`. */
  add(png: Uint8Array, seconds: number): void {
    const name = `${String(this.#count++).padStart(5, "0")}.png`;
    writeFileSync(join(this.#folder, name), png);
    this.#shown.push(`file ${name}`, `duration ${seconds}`);
  }

  /** Writes the recording as a GIF of this width, with a palette of its own (ffmpeg). */
  async write(path: string, width: number): Promise<void> {
    const list = join(this.#folder, "list.txt");
    // ffmpeg ignores the last duration without a file after it.
    writeFileSync(list, `${this.#shown.join("\n")}\n${this.#shown.at(-2)}\n`);
    const filter =
      `fps=10,scale=${width}:-1:flags=lanczos,split[a][b];` +
      "[a]palettegen=max_colors=96:stats_mode=diff[p];[b][p]paletteuse=dither=none:diff_mode=rectangle";
    const argv = ["ffmpeg", "-y", "-v", "error", "-f", "concat", "-safe", "0", "-i", list];
    const child = Bun.spawn([...argv, "-filter_complex", filter, path], { stdio: ["ignore", 2, 2] });
    if ((await child.exited) !== 0) throw new Error(`ffmpeg did not write ${path}`);
    rmSync(this.#folder, { recursive: true });
  }
}
