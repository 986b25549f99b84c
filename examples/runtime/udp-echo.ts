/** Sends datagrams back and forth, and waits for each for at most a second. */
import { AsyncLoop, openSockets, Runtime } from "emuterm/runtime";

const DATAGRAMS = 100;
const SECOND_NS = 1e9;

const runtime = new Runtime();
const loop = new AsyncLoop(runtime);
const sockets = openSockets(runtime);
const server = await sockets.bindDatagram("127.0.0.1", 0);
const client = await sockets.bindDatagram("127.0.0.1", 0);

async function serve(): Promise<void> {
  const bytes = new Uint8Array(new SharedArrayBuffer(1500));
  for (let i = 0; i < DATAGRAMS; i++) {
    const { length, host, port } = await loop.recvFrom(server, bytes);
    await loop.sendTo(server, bytes.subarray(0, length), host, port);
  }
}

async function ask(): Promise<number> {
  const bytes = new Uint8Array(new SharedArrayBuffer(1500));
  let answers = 0;
  for (let i = 0; i < DATAGRAMS; i++) {
    await loop.sendTo(client, new TextEncoder().encode(`datagram ${i}`), "127.0.0.1", server.port);
    const { length } = await loop.recvFrom(client, bytes, { timeoutNs: SECOND_NS });
    if (new TextDecoder().decode(bytes.slice(0, length)) === `datagram ${i}`) answers++;
  }
  return answers;
}

const work = Promise.all([serve(), ask()]);
await loop.run();
const [, answers] = await work;
console.log(`${answers} of ${DATAGRAMS} datagrams came back`);
for (const socket of [server, client]) loop.close(socket);
runtime.close();
