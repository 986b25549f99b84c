import { expect, test } from "bun:test";
import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { BACKEND_NAMES, probeBackend } from "../../../src/io/runtime/backends/index.ts";
import { Runtime } from "../../../src/io/runtime/runtime.ts";
import { openSockets } from "../../../src/io/runtime/sockets/index.ts";
import { inLoop, openLoop, recvAll } from "./socket-contract.ts";

const FIXTURES = join(import.meta.dir, "../../fixtures/tls");
const cert = readFileSync(join(FIXTURES, "cert.pem"), "utf8");
const key = readFileSync(join(FIXTURES, "key.pem"), "utf8");
const ENDPOINT = { host: "127.0.0.1", port: 0 };

test("TLS carries bytes both ways, through a pool", async () => {
  const loop = openLoop("bun", { blocks: 2 });
  await inLoop(loop, async () => {
    const listener = await loop.listen(ENDPOINT, 8, { key, cert });
    const [client, server] = await Promise.all([
      loop.connect(listener.endpoint, {}, { ca: cert, serverName: "localhost" }),
      loop.accept(listener),
    ]);
    const sent = Buffer.alloc(300_000, "secret ");
    const sending = loop.send(client, sent).then(() => client.shutdown());
    expect((await recvAll(loop, server)).equals(sent)).toBe(true);
    await sending;
    loop.close(client);
    loop.close(server);
    loop.close(listener);
  });
});

test("an untrusted certificate is rejected", async () => {
  const loop = openLoop("bun");
  await inLoop(loop, async () => {
    const listener = await loop.listen(ENDPOINT, 8, { key, cert });
    await expect(
      loop.connect(listener.endpoint, { timeoutNs: 2e9 }, { serverName: "localhost" }),
    ).rejects.toMatchObject({ name: "IoError" });
    loop.close(listener);
  });
});

test("settings without any content still mean TLS", async () => {
  const loop = openLoop("bun");
  await inLoop(loop, async () => {
    const received: number[] = [];
    const plain = Bun.listen({
      hostname: "127.0.0.1",
      port: 0,
      socket: {
        data: (socket, bytes) => {
          received.push(...bytes);
          socket.terminate();
        },
      },
    });
    const endpoint = { host: "127.0.0.1", port: plain.port };
    const error = await loop.connect(endpoint, { timeoutNs: 2e9 }, {}).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ name: "IoError" });
    // The first byte of a TLS handshake.
    expect(received[0]).toBe(0x16);
    plain.stop(true);
  });
});

test("a pinned certificate is accepted alone, whoever signed it", async () => {
  const { fingerprint256 } = new X509Certificate(cert);
  const loop = openLoop("bun");
  await inLoop(loop, async () => {
    const listener = await loop.listen(ENDPOINT, 8, { key, cert });
    const pinned = (fingerprint: string) =>
      loop.connect(listener.endpoint, { timeoutNs: 2e9 }, { serverName: "elsewhere.example", fingerprint });
    const [client, server] = await Promise.all([pinned(fingerprint256), loop.accept(listener)]);
    await loop.send(client, Buffer.from("hello"));
    const block = await loop.recv(server);
    expect(Buffer.from(block!.content).toString()).toBe("hello");
    block!.release();
    const other = fingerprint256.replace(/^../, "00");
    const error = await pinned(other).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: "ERR_TLS_FINGERPRINT" });
    loop.close(client);
    loop.close(server);
    loop.close(listener);
  });
});

test.each(BACKEND_NAMES.filter((name) => name !== "bun" && probeBackend(name) === undefined))(
  "%s says that TLS is for the bun backend",
  (backend) => {
    const runtime = new Runtime({ backend });
    expect(() => openSockets(runtime).connect(ENDPOINT, { ca: cert })).toThrow("TLS needs the bun backend");
    runtime.close();
  },
);
