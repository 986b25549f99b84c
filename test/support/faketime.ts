/** Runs programs whose time of day is changed while they run, as ntpd or an administrator does. */
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const ARCH = process.arch === "arm64" ? "aarch64" : "x86_64";
const LIBRARIES = [
  `/usr/lib/${ARCH}-linux-gnu/faketime/libfaketimeMT.so.1`,
  "/usr/lib64/faketime/libfaketimeMT.so.1",
  "/usr/lib/faketime/libfaketimeMT.so.1",
];

/** A wall clock for child processes. Their monotonic clock is the real one, as on a real computer. */
export class FakeClock {
  readonly env: Readonly<Record<string, string>>;
  readonly #file: string;

  /** `folder` is for the file with the offset. Throws if libfaketime is not installed. */
  constructor(folder: string) {
    const library = LIBRARIES.find((path) => existsSync(path));
    if (library === undefined) throw new Error("libfaketime is needed: apt-get install faketime");
    this.#file = join(folder, "clock");
    this.set(0);
    this.env = {
      LD_PRELOAD: library,
      FAKETIME_TIMESTAMP_FILE: this.#file,
      FAKETIME_NO_CACHE: "1",
      FAKETIME_DONT_FAKE_MONOTONIC: "1",
      DONT_FAKE_MONOTONIC: "1",
    };
  }

  /** Sets the clock to the real time plus `seconds`. */
  set(seconds: number): void {
    writeFileSync(this.#file, `${seconds < 0 ? "" : "+"}${seconds}`);
  }
}
