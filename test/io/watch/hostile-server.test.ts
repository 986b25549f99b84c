import { afterAll, describe, expect, test } from "bun:test";
import { join } from "node:path";
import { deflateRawSync } from "node:zlib";
import fc from "fast-check";
import { InputError } from "../../../src/emu/input-error.ts";
import { PictureReader } from "../../../src/io/watch/picture-reader.ts";
import { WatchLink } from "../../../src/io/watch/watch-link.ts";
import { expectNoBug } from "../../support/no-bug.ts";
import { Prng } from "../../support/prng.ts";
import { HAS_PTY, Pty } from "../../support/pty.ts";
import { soakSize } from "../../support/soak.ts";

const CONNECTIONS = soakSize(150, 5_000);
const RUNS = soakSize(2_000, 200_000);
const main = join(import.meta.dir, "../../../src/cli/main.ts");
const HELLO = { width: 256, height: 240, pixelAspect: 8 / 7, frameRateHz: 60, port: null };

/** A server that sends this speech to every client, then closes the connection. */
let speech: Uint8Array = new Uint8Array(0);
const server = Bun.listen({
  hostname: "127.0.0.1",
  port: 0,
  socket: {
    open(socket) {
      socket.write(speech);
      socket.end();
    },
    data() {},
  },
});
afterAll(() => server.stop(true));

function packed(width: number, height: number, bytes: Uint8Array): Uint8Array {
  const body = deflateRawSync(bytes);
  const out = new Uint8Array(4 + 8 + body.length);
  const view = new DataView(out.buffer);
  view.setUint32(0, 8 + body.length, true);
  view.setUint32(4, 7, true);
  view.setUint16(8, width, true);
  view.setUint16(10, height, true);
  out.set(body, 12);
  return out;
}

function feed(...parts: readonly (string | Uint8Array)[]): number {
  const reader = new PictureReader();
  let shown = 0;
  for (const part of parts)
    reader.feed(typeof part === "string" ? new TextEncoder().encode(part) : part, () => {
      shown++;
    });
  return shown;
}

const GOOD = packed(256, 240, new Uint8Array(2 * 256 * 240));
const ODD_VALUES = [null, 0, -1, 1e300, 1e-300, "60", "", [], {}, true, 2 ** 53, { message: 1 }];

describe("a malformed first line", () => {
  const lines = [
    "null",
    "1",
    '"x"',
    "[]",
    "[null]",
    "true",
    "{}",
    "",
    "{",
    '{"error":null}',
    '{"error":{"message":null}}',
    ...Object.keys(HELLO).flatMap((name) =>
      ODD_VALUES.filter((value) => !(name === "port" && (value === null || value === 0)))
        .map((value) => JSON.stringify({ ...HELLO, [name]: value }))
        .concat(JSON.stringify({ ...HELLO, [name]: undefined })),
    ),
  ];
  test.each(lines)("%p", (line) => {
    expect(() => feed(`${line}\n`, GOOD)).toThrow(InputError);
  });

  test("a valid line is accepted, also with additional fields", () => {
    expect(feed(`${JSON.stringify(HELLO)}\n`, GOOD)).toBe(1);
    expect(feed(`${JSON.stringify({ ...HELLO, port: 3, more: [] })}\n`, GOOD)).toBe(1);
  });

  test("control characters in a refusal are replaced", () => {
    expect(() => feed(`${JSON.stringify({ error: { message: "\x1b]0;x\x07no" } })}\n`)).toThrow("?]0;x?no");
  });
});

test("any bytes are shown or cause an InputError", () => {
  const hello = fc.oneof(
    fc.json(),
    fc.string(),
    fc
      .record({
        width: fc.oneof(fc.constant(256), fc.integer(), fc.jsonValue()),
        height: fc.oneof(fc.constant(240), fc.integer(), fc.jsonValue()),
        pixelAspect: fc.oneof(fc.constant(1), fc.double(), fc.jsonValue()),
        frameRateHz: fc.oneof(fc.constant(60), fc.double(), fc.jsonValue()),
        port: fc.oneof(fc.constant(null), fc.integer(), fc.jsonValue()),
        error: fc.oneof(fc.constant(undefined), fc.jsonValue()),
      })
      .map((value) => JSON.stringify(value)),
    fc.constant(JSON.stringify(HELLO)),
  );
  const part = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc.constant(GOOD),
    fc.tuple(fc.nat(GOOD.length - 1), fc.nat(255)).map(([at, value]) => {
      const bytes = GOOD.slice();
      bytes[at] = value;
      return bytes;
    }),
    fc.uint8Array({ maxLength: 64 }).map((bytes) => packed(256, 240, bytes)),
  );
  fc.assert(
    fc.property(hello, fc.array(part, { maxLength: 4 }), (line, parts) => {
      try {
        feed(`${line}\n`, ...parts);
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
      }
    }),
    { numRuns: RUNS },
  );
});

test(`${CONNECTIONS} connections to a server that says anything`, async () => {
  const random = new Prng(11);
  for (let run = 0; run < CONNECTIONS; run++) {
    const hello = new TextEncoder().encode(`${JSON.stringify(HELLO)}\n`);
    const parts = [hello, GOOD, GOOD];
    speech = Buffer.concat(random.below(4) === 0 ? [random.bytes(random.below(5000))] : parts);
    for (let count = random.below(6); count > 0; count--) speech[random.below(speech.length)] = random.byte();
    speech = speech.subarray(0, random.below(3) === 0 ? random.below(speech.length + 1) : speech.length);
    try {
      const link = await WatchLink.open({ endpoint: { host: "127.0.0.1", port: server.port }, wish: {} });
      const error = await link.ended;
      await link.close();
      if (error !== undefined) expect(error).toBeInstanceOf(InputError);
    } catch (error) {
      expect(error).toBeInstanceOf(InputError);
    }
  }
}, 600_000);

test.skipIf(!HAS_PTY)(
  "emu watch ends with one line and no stack trace, whatever the server sends",
  async () => {
    for (const text of [
      "null\n",
      "[]\n",
      `${JSON.stringify(HELLO)}\nrubbish, and much of it`,
      "\x1b[2J\n",
      "",
    ]) {
      speech = new TextEncoder().encode(text);
      await using pty = new Pty([process.execPath, main, "watch", `127.0.0.1:${server.port}`]);
      const exitCode = await pty.end();
      expectNoBug(pty.output, Number(exitCode));
    }
  },
  60_000,
);
