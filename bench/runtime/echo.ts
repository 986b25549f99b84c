/** Measures echo servers of every kind in turn. */
import { join } from "node:path";
import { linuxIo } from "../../src/io/ffi/libc.ts";
import { BACKEND_NAMES, probeBackend } from "../../src/io/runtime/backends/index.ts";
import { SocketAddress } from "../../src/io/runtime/linux/address.ts";
import { KernelMemory } from "../../src/io/runtime/linux/calls.ts";
import { quantile, type Section } from "./measure.ts";

/** Echo servers run in their own processes and get blocking requests from here. */
export async function echo(rounds: number): Promise<Section> {
  const io = linuxIo();
  if (io === undefined) return { rows: [], bars: [] };
  const backends = BACKEND_NAMES.filter((name) => probeBackend(name) === undefined);
  const kinds = ["bun-listen", "node-net", ...backends.flatMap((name) => [`${name}-tasks`, `${name}-wait`])];
  const servers = await Promise.all(
    kinds.map(async (kind) => {
      const program = join(import.meta.dir, "echo-server.ts");
      const server = Bun.spawn([process.execPath, program, kind], { stdout: "pipe", stderr: "inherit" });
      const { value } = await server.stdout.getReader().read();
      return { kind, server, port: Number(new TextDecoder().decode(value)) };
    }),
  );
  const memory = new KernelMemory(65_536);
  const trips: Record<string, number[]> = Object.fromEntries(kinds.map((kind) => [kind, []]));
  const bulk: Record<string, number[]> = Object.fromEntries(kinds.map((kind) => [kind, []]));
  const connections = servers.map(({ port }) => {
    const socket = io.socket(2, 1, 0);
    const address = new SocketAddress();
    address.set({ host: "127.0.0.1", port });
    io.connect(socket, address.address, address.length);
    return socket;
  });
  const exchange = (socket: number, bytes: number) => {
    io.send(socket, memory.address, bytes, 0);
    for (let left = bytes; left > 0; ) {
      const received = io.recv(socket, memory.address, left, 0);
      if (received <= 0) throw new Error("an echo server has closed the connection");
      left -= received;
    }
  };
  for (let at = 0; at < Math.max(5, rounds / 10); at++)
    for (const [i, { kind }] of servers.entries()) {
      const start = performance.now();
      for (let trip = 0; trip < 500; trip++) exchange(connections[i]!, 64);
      const middle = performance.now();
      for (let block = 0; block < 100; block++) exchange(connections[i]!, 65_536);
      if (at === 0) continue;
      trips[kind]!.push(500 / (middle - start));
      bulk[kind]!.push((100 * 65_536) / 1e3 / (performance.now() - middle));
    }
  for (const { server } of servers) server.kill();
  const rows = kinds.map((kind) => ({
    name: `echo, ${kind}`,
    "round trips/s": Math.round(quantile(trips[kind]!, 0.5) * 1000),
    "64 KiB echoes, MB/s": Math.round(quantile(bulk[kind]!, 0.5)),
  }));
  return { rows, bars: [] };
}
