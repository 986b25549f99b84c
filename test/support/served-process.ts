import { join } from "node:path";
import type { ServerAddresses } from "../../src/io/serve/server.ts";

const REPOSITORY = join(import.meta.dir, "../..");

/** `emu serve` in a separate process. */
export class ServedProcess {
  readonly process: Bun.Subprocess<"ignore", "pipe", "pipe">;
  readonly addresses: ServerAddresses;

  private constructor(process: ServedProcess["process"], addresses: ServerAddresses) {
    this.process = process;
    this.addresses = addresses;
  }

  /**
   * Starts it with these arguments, through the command `before`, and waits until it prints where it listens.
   */
  static async start(
    argv: readonly string[],
    env: Readonly<Record<string, string>> = {},
    before: readonly string[] = [],
  ): Promise<ServedProcess> {
    const child = Bun.spawn(
      [...before, process.execPath, join(REPOSITORY, "src/cli/main.ts"), "serve", ...argv, "--json"],
      {
        cwd: REPOSITORY,
        env: { ...process.env, ...env },
        stdin: "ignore",
        stdout: "pipe",
        stderr: "pipe",
      },
    );
    const reader = child.stdout.getReader();
    let text = "";
    while (!text.includes("\n")) {
      const { value, done } = await reader.read();
      if (done) throw new Error(`emu serve did not start: ${await new Response(child.stderr).text()}`);
      text += new TextDecoder().decode(value);
    }
    return new ServedProcess(child, JSON.parse(text));
  }

  /** The port of `--listen`. */
  get port(): number {
    return Number(this.addresses.listen!.split(":").at(-1));
  }
}
