/**
 * A copy of the sources in which every means against clicks is broken: each action of a player must then
 * click. A measurement that cannot fail shows nothing.
 */
import { cpSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Replaces a text that occurs once in a file. */
interface Fault {
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

const FAULTS: readonly Fault[] = [
  // Pause: the sound ends within a sample.
  { file: "io/audio/player.ts", from: "const PAUSE_FADE = 480;", to: "const PAUSE_FADE = 1;" },
  // Resume: it begins within one.
  {
    file: "io/audio/concealment.ts",
    from: "if (this.#joining === 0) this.#joining = JOIN;",
    to: "if (this.#joining === 0) this.#joining = this.isSilent ? 1 : JOIN;",
  },
  // Volume and mute: the gain jumps.
  {
    file: "io/audio/stream-resampler.ts",
    from: "let level = this.#gain < 0 ? gain : this.#gain;",
    to: "let level = gain;",
  },
  // Slow motion and fast-forward, at both ends: the resampler begins anew.
  {
    file: "io/audio/stream-resampler.ts",
    from: "    let phase = this.#phase;",
    to: "    if ((ratio > 1.2 || ratio < 0.8) !== this.#isOther) history.fill(0);\n    this.#isOther = ratio > 1.2 || ratio < 0.8;\n    let phase = this.#phase;",
  },
  {
    file: "io/audio/stream-resampler.ts",
    from: "  #phase = 0;",
    to: "  #phase = 0;\n  #isOther = false;",
  },
  // Loading and rewinding: what is heard does not follow on what was heard before.
  {
    file: "io/thread/frame-runner.ts",
    from: "(this.#isBroken || this.#commands.hasJumped) && count > 0",
    to: "count < 0",
  },
  // Saving: it costs half a frame of sound.
  {
    file: "io/thread/machine-commands.ts",
    from: "      case codes.COMMAND_SNAPSHOT:\n",
    to: "      case codes.COMMAND_SNAPSHOT:\n        this.hasSaved = true;\n",
  },
  {
    file: "io/thread/machine-commands.ts",
    from: "  hasJumped = false;",
    to: "  hasJumped = false;\n  hasSaved = false;",
  },
  {
    file: "io/thread/frame-runner.ts",
    from: "    const pushed = this.#audio.push(samples, count);",
    to: "    if (this.#commands.hasSaved) count >>= 1;\n    this.#commands.hasSaved = false;\n    const pushed = this.#audio.push(samples, count);",
  },
];

/**
 * Makes the copy. Returns its folder, which the caller removes. Throws if the code that a fault changes is
 * not found.
 */
export function brokenTree(root: string): string {
  const folder = mkdtempSync(join(tmpdir(), "emu-clicks-"));
  for (const name of ["src", "roms", "package.json", "tsconfig.json"])
    cpSync(join(root, name), join(folder, name), { recursive: true });
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  for (const { file, from, to } of FAULTS) {
    const path = join(folder, "src", file);
    const parts = readFileSync(path, "utf8").split(from);
    if (parts.length !== 2) throw new Error(`${file} has ${parts.length - 1} times ${JSON.stringify(from)}`);
    writeFileSync(path, parts.join(to));
  }
  return folder;
}
