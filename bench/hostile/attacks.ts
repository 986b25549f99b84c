/** Attacks on `emu serve`. Each attack is one short action that is repeated. */
import type { Prng } from "../../test/support/prng.ts";

/** A server under attack. */
export interface Target {
  readonly port: number;
  readonly http: string;
  /** Files below its root: ROMs, and files that are not ROMs. */
  readonly files: readonly string[];
  /** A state of its game in base64. */
  readonly state: string;
}

export type Attack = (target: Target, random: Prng) => Promise<void>;

const MEGABYTE = 1024 * 1024;
/** How long a client that stops reading keeps its connection. */
const STALL_MS = 8000;

type Socket = Bun.Socket<undefined>;

/** A raw connection that reads unless it is paused; undefined if none can be opened. */
async function connect(
  port: number,
  onData: (bytes: Uint8Array) => void = () => undefined,
): Promise<Socket | undefined> {
  return await Bun.connect({
    hostname: "127.0.0.1",
    port,
    socket: { data: (_socket, data) => onData(data), error: () => undefined, connectError: () => undefined },
  }).catch(() => undefined);
}

function line(method: string, params: object, id = 1): string {
  return `${JSON.stringify({ jsonrpc: "2.0", id, method, params })}\n`;
}

/** Sends requests one after the other and waits some seconds at most for their answers. */
async function ask(port: number, lines: readonly string[]): Promise<void> {
  let answers = 0;
  const socket = await connect(port, (bytes) => {
    for (const byte of bytes) if (byte === 0x0a) answers++;
  });
  if (socket === undefined) return;
  for (const [index, text] of lines.entries()) {
    socket.write(text);
    for (const untilMs = performance.now() + 5000; answers <= index && performance.now() < untilMs; )
      await Bun.sleep(2);
  }
  socket.end();
}

/** Damages a state near its end, where its fields are. */
function damaged(state: string, random: Prng): string {
  const bytes = Uint8Array.fromBase64(state);
  const from = random.below(4) === 0 ? 32 : bytes.length - 3000;
  for (let count = 1 + random.below(20); count > 0; count--)
    bytes[from + random.below(bytes.length - from)] = random.byte();
  return bytes.toBase64();
}

async function webSocket(http: string): Promise<WebSocket | undefined> {
  const socket = new WebSocket(new URL("/rpc", http.replace(/^http/, "ws")));
  const isOpen = await new Promise<boolean>((resolve) => {
    socket.onopen = () => resolve(true);
    socket.onerror = () => resolve(false);
  });
  return isOpen ? socket : undefined;
}

export const ATTACKS: Readonly<Record<string, Attack>> = {
  "half-closed, unread": async ({ port }) => {
    const socket = await connect(port);
    socket?.pause();
    socket?.write("watch fps=60 columns=200 rows=100\n");
    socket?.shutdown();
    await Bun.sleep(STALL_MS);
    socket?.terminate();
  },
  "slow reader": async ({ port }, random) => {
    const socket = await connect(port);
    socket?.write(random.below(2) === 0 ? "watch format=packed fps=60\n" : "watch fps=60\n");
    for (let turn = 0; turn < 8; turn++) {
      socket?.pause();
      await Bun.sleep(STALL_MS / 8);
      socket?.resume();
      await Bun.sleep(1);
    }
    socket?.terminate();
  },
  "answers unread": async ({ port }) => {
    const socket = await connect(port);
    socket?.pause();
    for (let id = 0; id < 200; id++) socket?.write(line("stateSave", {}, id));
    await Bun.sleep(STALL_MS);
    socket?.terminate();
  },
  trickle: async ({ port }) => {
    const socket = await connect(port);
    for (let sent = 0; sent < 40; sent++) {
      socket?.write("{");
      await Bun.sleep(100);
    }
    socket?.end();
  },
  oversize: async ({ port }) => {
    const socket = await connect(port);
    const block = new Uint8Array(MEGABYTE).fill(0x61);
    for (let sent = 0; sent < 4; sent++) {
      socket?.write(block);
      await Bun.sleep(20);
    }
    socket?.terminate();
  },
  rubbish: async ({ port }, random) => {
    const socket = await connect(port);
    socket?.write(random.bytes(2000));
    socket?.write("\n".repeat(100));
    await Bun.sleep(20);
    socket?.end();
  },
  "HTTP and TLS": async ({ port }) => {
    for (const text of ["GET / HTTP/1.1\r\n\r\n", "\x16\x03\x01\x02\x00", "POST /rpc HTTP/1.1\r\n\r\n"]) {
      const socket = await connect(port);
      socket?.write(text);
      await Bun.sleep(20);
      socket?.end();
    }
  },
  "wrong tokens": async ({ port, http }, random) => {
    await ask(
      port,
      [1, 2, 3].map((id) => line("auth", { token: `${random.next()}` }, id)),
    );
    await fetch(new URL(`/metrics?token=${random.next()}`, http)).then(
      (response) => response.text(),
      () => "",
    );
    const socket = await webSocket(http);
    for (let guess = 0; guess < 4; guess++) socket?.send(line("auth", { token: `${random.next()}` }, guess));
    await Bun.sleep(50);
    socket?.close();
  },
  "bad games": async ({ port, files }, random) => {
    await ask(port, [line("load", { path: files[random.below(files.length)] }), line("registers", {}, 2)]);
  },
  "mutated states": async ({ port, state }, random) => {
    const lines: string[] = [];
    for (let id = 0; id < 6; id += 2)
      lines.push(
        line("stateLoad", { state: damaged(state, random) }, id),
        line("run", { frames: 2 }, id + 1),
      );
    await ask(port, [...lines, line("stateLoad", { state }, 8), line("resume", {}, 9)]);
  },
  "connect storm": async ({ port }, random) => {
    const sockets = await Promise.all(Array.from({ length: 100 }, () => connect(port)));
    for (const socket of sockets) {
      if (random.below(2) === 0) socket?.terminate();
      else socket?.end();
    }
  },
  "many wishes": async ({ port }, random) => {
    const sockets: (Socket | undefined)[] = [];
    for (let wish = 0; wish < 20; wish++) {
      const socket = await connect(port);
      socket?.write(
        `watch columns=${40 + random.below(360)} rows=${20 + random.below(180)} fps=${1 + random.below(120)}\n`,
      );
      sockets.push(socket);
    }
    await Bun.sleep(1000);
    for (const socket of sockets) socket?.terminate();
  },
  "WebSocket flood": async ({ http }, random) => {
    const socket = await webSocket(http);
    if (random.below(3) === 0) socket?.send("x".repeat(2 * MEGABYTE));
    else if (random.below(2) === 0) socket?.send(random.bytes(100));
    else for (let id = 0; id < 500; id++) socket?.send(line("frame", { format: "png" }, id));
    await Bun.sleep(200);
    socket?.close();
  },
  "subscriptions unread": async ({ port }) => {
    const socket = await connect(port);
    socket?.pause();
    socket?.write(line("subscribe", { every: 1, format: "png" }));
    await Bun.sleep(STALL_MS);
    socket?.terminate();
  },
};
