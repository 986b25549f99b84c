/**
 * Sends one message over TLS and back: `bun tls-echo.ts cert.pem key.pem`. The client trusts only that
 * certificate.
 */
import { readFileSync } from "node:fs";
import { Arena, AsyncLoop, BlockPool, Runtime } from "emuterm/runtime";

const [certFile = "cert.pem", keyFile = "key.pem"] = process.argv.slice(2);
const cert = readFileSync(certFile, "utf8");
const key = readFileSync(keyFile, "utf8");
const MESSAGE = "told in confidence";

const arena = new Arena(new SharedArrayBuffer(64 * 1024));
// Selects a backend with TLS: `bun`, on every system.
const runtime = new Runtime({ needs: { tls: true } });
const loop = new AsyncLoop(runtime, new BlockPool(arena, "message", 2, 16 * 1024));
const listener = await loop.listen({ host: "127.0.0.1", port: 0 }, 8, { cert, key });

async function serve(): Promise<void> {
  const socket = await loop.accept(listener);
  for (;;) {
    const block = await loop.recv(socket);
    if (block === undefined) break;
    await loop.send(socket, block.content);
    block.release();
  }
  // A socket lives until its owner closes it.
  loop.close(socket);
  loop.close(listener);
}

async function ask(): Promise<string> {
  const socket = await loop.connect(listener.endpoint, {}, { ca: cert, serverName: "localhost" });
  await loop.send(socket, new TextEncoder().encode(MESSAGE));
  const block = await loop.recv(socket);
  const text = new TextDecoder().decode(block?.content.slice());
  block?.release();
  loop.close(socket);
  return text;
}

const work = Promise.all([serve(), ask()]);
await loop.run();
const [, text] = await work;
console.log(text === MESSAGE ? "the same text came back, encrypted on the way" : `got ${text}`);
runtime.close();
