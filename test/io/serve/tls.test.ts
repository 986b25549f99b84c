/** `emu serve` and `emu watch` over TLS: right, wrong, expired and pinned certificates; plain connections. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TlsOptions } from "../../../src/io/runtime/sockets/types.ts";
import type { Server } from "../../../src/io/serve/server.ts";
import { parseFingerprint, readTlsIdentity } from "../../../src/io/serve/tls-identity.ts";
import { WatchLink } from "../../../src/io/watch/watch-link.ts";
import { portOf, startServer } from "../../support/serve.ts";

const FIXTURES = join(import.meta.dir, "../../fixtures/tls");
const file = (name: string) => join(FIXTURES, `${name}.pem`);
const pem = (name: string) => readFileSync(file(name), "utf8");
const TOKEN = "token-that-must-stay-secret";

/** Certificate and key: one for localhost, one for another name, one that ended in 2020. */
const IDENTITIES = { cert: "key", other: "other-key", expired: "other-key" } as const;
type Name = keyof typeof IDENTITIES;
const servers = {} as Record<Name | "plain", Server & { errors: unknown[] }>;
const fingerprints = {} as Record<Name, string>;

beforeAll(async () => {
  for (const [name, key] of Object.entries(IDENTITIES) as [Name, string][]) {
    const tls = (await readTlsIdentity(file(name), file(key)))!;
    fingerprints[name] = tls.fingerprint;
    servers[name] = await startServer({ tls, token: TOKEN, http: "127.0.0.1:0" });
  }
  servers.plain = await startServer({ token: TOKEN });
});
afterAll(async () => {
  for (const server of Object.values(servers)) await server.close();
});

const watch = (name: keyof typeof servers, tls?: TlsOptions, port = portOf(servers[name])) =>
  WatchLink.open({
    endpoint: { host: "127.0.0.1", port },
    wish: { token: TOKEN },
    ...(tls === undefined ? {} : { tls: { serverName: "127.0.0.1", ...tls } }),
  });

/** Watches, and returns the error that it ended with. */
async function failure(opening: Promise<WatchLink>): Promise<object> {
  const error = await opening.then(
    async (link) => {
      await link.close();
      return { message: "it works" };
    },
    ({ kind, message, remedy }) => ({ kind, message, remedy }),
  );
  return error;
}

describe("a spectator accepts", () => {
  test("a certificate of an authority that it trusts", async () => {
    const link = await watch("cert", { ca: pem("cert") });
    expect(link.hello.width).toBe(256);
    await link.close();
  });

  test.each(Object.keys(IDENTITIES) as Name[])("the certificate %p by its fingerprint", async (name) => {
    const link = await watch(name, { fingerprint: fingerprints[name] });
    expect(link.hello.width).toBe(256);
    await link.close();
  });
});

describe("a spectator rejects", () => {
  test.each([
    [
      "one of an unknown authority",
      () => watch("cert", {}),
      "no known authority has signed",
      "--tls-fingerprint",
    ],
    [
      "one for another host",
      () => watch("other", { ca: pem("other") }),
      "is for another host name",
      "--tls-fingerprint",
    ],
    [
      "one that has expired",
      () => watch("expired", { ca: pem("expired") }),
      "has expired",
      "--tls-fingerprint",
    ],
    [
      "one with another fingerprint, even of a trusted authority",
      () => watch("cert", { ca: pem("cert"), fingerprint: fingerprints.other }),
      "has another fingerprint",
      "ask the server's owner",
    ],
    ["a server without TLS", () => watch("plain", {}), "the TLS handshake failed", "without tls://"],
    [
      "a server without TLS, with a pinned certificate",
      () => watch("plain", { fingerprint: fingerprints.cert }),
      "the TLS handshake failed",
      "without tls://",
    ],
  ])("%s", async (_, open, message, remedy) => {
    expect(await failure(open())).toEqual({
      kind: "unavailable",
      message: expect.stringContaining(message),
      remedy: expect.stringContaining(remedy),
    });
  });

  test("a server with TLS, if it has not asked for that", async () => {
    expect(await failure(watch("cert"))).toEqual({
      kind: "unavailable",
      message: "the server has closed the connection",
      remedy: "if it was started with --tls-cert, use tls://HOST:PORT",
    });
  });
});

/** A proxy that keeps what passes. */
async function tap(port: number): Promise<{ port: number; text: () => string; stop: () => void }> {
  const seen: Uint8Array[] = [];
  const open = new Set<Bun.Socket<unknown>>();
  const listener = Bun.listen<{ back: Promise<Bun.Socket<unknown>> }>({
    hostname: "127.0.0.1",
    port: 0,
    socket: {
      open(front) {
        const socket = {
          data: (_: unknown, bytes: Uint8Array) => {
            seen.push(bytes.slice());
            front.write(bytes);
          },
          close: () => void front.end(),
        };
        front.data = { back: Bun.connect({ hostname: "127.0.0.1", port, socket }) };
        void front.data.back.then((back) => open.add(back));
      },
      data(front, bytes) {
        seen.push(bytes.slice());
        void front.data.back.then((back) => back.write(bytes));
      },
      close: (front) => void front.data.back.then((back) => back.end()),
    },
  });
  return {
    port: listener.port,
    text: () => Buffer.concat(seen).toString("latin1"),
    stop: () => {
      listener.stop(true);
      for (const socket of open) socket.terminate();
    },
  };
}

test.each([
  ["plain", false],
  ["cert", true],
] as const)("what passes the network of %p hides the token: %p", async (name, isHidden) => {
  const between = await tap(portOf(servers[name]));
  const link = await watch(name, isHidden ? { ca: pem("cert") } : undefined, between.port);
  expect(between.text().length).toBeGreaterThan(100);
  expect(between.text().includes(TOKEN)).toBe(!isHidden);
  await link.close();
  between.stop();
});

test("a server whose certificate is rejected gets nothing, not even the token", async () => {
  let received = 0;
  let handshakes = 0;
  const tls = { cert: pem("other"), key: pem("other-key") };
  const listener = Bun.listen({
    hostname: "127.0.0.1",
    port: 0,
    tls,
    socket: {
      handshake: () => void handshakes++,
      data: (_, bytes) => {
        received += bytes.length;
      },
    },
  });
  for (const options of [{ ca: pem("other") }, { fingerprint: fingerprints.cert }, {}])
    expect(await failure(watch("other", options, listener.port))).toMatchObject({ kind: "unavailable" });
  expect({ received, handshakes }).toMatchObject({ received: 0 });
  listener.stop(true);
});

test("a browser gets the page by https, and its own origin only is served", async () => {
  const url = servers.cert.addresses.http!;
  expect(url).toStartWith("https://");
  const get = (headers: Record<string, string>) => fetch(url, { headers, tls: { ca: pem("cert") } });
  const page = await get({});
  expect(page.status).toBe(200);
  expect(await page.text()).toContain('"wss"');
  const { host } = new URL(url);
  expect((await get({ origin: `https://${host}` })).status).toBe(200);
  expect((await get({ origin: `http://${host}` })).status).toBe(403);
});

describe("the files", () => {
  test("of an expired certificate are used, with a warning", async () => {
    const tls = await readTlsIdentity(file("expired"), file("other-key"));
    expect(tls!.cautions).toEqual([expect.stringMatching(/^the certificate has expired on Feb {1,2}1 /)]);
    expect((await readTlsIdentity(file("cert"), file("key")))!.cautions).toEqual([]);
  });

  test.each([
    ["usage", file("cert"), undefined, "--tls-cert needs --tls-key"],
    ["usage", undefined, file("key"), "--tls-key needs --tls-cert"],
    ["data", file("cert"), file("other-key"), "not the key of"],
    ["data", file("key"), file("key"), "not a certificate in PEM form"],
    ["data", file("cert"), file("cert"), "not a private key in PEM form"],
    ["missing", file("nothing"), file("key"), "no such file"],
  ])("%s for %p and %p", async (kind, cert, key, message) => {
    await expect(readTlsIdentity(cert, key)).rejects.toMatchObject({
      kind,
      message: expect.stringContaining(message),
    });
  });

  test("of a certificate with a damaged one after it, or a short key, are rejected", async () => {
    const folder = mkdtempSync(join(tmpdir(), "emu-tls-"));
    const write = (name: string, text: string) => {
      writeFileSync(join(folder, name), text);
      return join(folder, name);
    };
    const damaged = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    const chain = write("chain.pem", pem("cert") + damaged);
    await expect(readTlsIdentity(chain, file("key"))).rejects.toMatchObject({
      kind: "data",
      message: expect.stringContaining("after the first"),
    });
    await expect(readTlsIdentity(file("short"), file("short-key"))).rejects.toMatchObject({
      kind: "data",
      message: expect.stringContaining("512 bits"),
    });
    rmSync(folder, { recursive: true });
  });

  test("fingerprints are read in every usual form", () => {
    const digits = fingerprints.cert.replaceAll(":", "");
    for (const text of [fingerprints.cert, digits, digits.toLowerCase(), `sha256:${digits}`])
      expect(parseFingerprint(text, "")).toBe(fingerprints.cert);
    for (const text of ["", "AB:CD", `${digits}0`, digits.replace("A", "G")])
      expect(() => parseFingerprint(text, "--tls-fingerprint")).toThrow("64 hexadecimal digits");
  });
});
