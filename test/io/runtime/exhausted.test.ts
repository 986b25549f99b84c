import { describe, expect, test } from "bun:test";
import { createConnection, type Socket } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { BACKEND_NAMES, probeBackend } from "../../../src/io/runtime/backends/index.ts";
import { soakSize } from "../../support/soak.ts";

const PROGRAM = join(import.meta.dir, "../../support/exhausted.ts");
const BACKENDS = BACKEND_NAMES.filter((name) => probeBackend(name) === undefined);
const DESCRIPTORS = 64;

/** Connects. Resolves with the first byte received, or undefined if the connection is closed without one. */
function ask(port: number): { socket: Socket; answer: Promise<string | undefined> } {
  const socket = createConnection({ host: "127.0.0.1", port });
  const answer = new Promise<string | undefined>((resolve) => {
    socket.once("data", (bytes) => resolve(bytes.toString()));
    socket.once("close", () => resolve(undefined));
    socket.once("error", () => resolve(undefined));
  });
  return { socket, answer };
}

describe.skipIf(process.platform !== "linux")(`100 connections to ${DESCRIPTORS} descriptors`, () => {
  test.each(BACKENDS)(
    "%s: cost no CPU time, and the others are served when descriptors are free",
    async (backend) => {
      const milliseconds = soakSize(1_000, 10_000);
      const command = `ulimit -n ${DESCRIPTORS}; exec "$0" "$@"`;
      const child = Bun.spawn(["sh", "-c", command, process.execPath, PROGRAM, backend, `${milliseconds}`], {
        stdout: "pipe",
        stderr: "inherit",
      });
      try {
        const lines = createInterface({ input: Readable.fromWeb(child.stdout as never) })[
          Symbol.asyncIterator
        ]();
        const numbers = async () =>
          String((await lines.next()).value)
            .split(" ")
            .map(Number);
        const [, port = 0] = await numbers();
        const asked = Array.from({ length: 100 }, () => ask(port));
        const [, microseconds = 0, , open] = await numbers();
        expect(microseconds / milliseconds / 10).toBeLessThan(5);
        expect(open).toBeLessThan(DESCRIPTORS);
        expect(open).toBeGreaterThan(DESCRIPTORS / 2);
        expect(await ask(port).answer).toBe("a");
        for (const { socket } of asked) socket.destroy();
      } finally {
        child.kill();
        await child.exited;
      }
    },
    { timeout: 30_000 },
  );
});
