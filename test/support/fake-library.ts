import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** True if libraries can be compiled here. */
export const HAS_COMPILER: boolean = process.platform === "linux" && Bun.which("cc") !== null;

/** A shared library compiled from C source, which replaces one of another system. */
export class FakeLibrary implements Disposable {
  readonly path: string;
  readonly #folder: string;

  /** Throws with the compiler's message. */
  constructor(source: string) {
    this.#folder = mkdtempSync(join(tmpdir(), "emu-library-"));
    this.path = join(this.#folder, "fake.so");
    const file = join(this.#folder, "fake.c");
    writeFileSync(file, source);
    const compiler = Bun.spawnSync(["cc", "-shared", "-fPIC", "-o", this.path, file]);
    if (compiler.exitCode !== 0) throw new Error(compiler.stderr.toString());
  }

  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true });
  }
}
