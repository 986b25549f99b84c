import { Arena } from "../../emu/arena.ts";
import { KIB } from "../../emu/units.ts";
import { AsyncLoop } from "../runtime/async-loop.ts";
import { BlockPool } from "../runtime/block-pool.ts";
import { Runtime } from "../runtime/runtime.ts";
import type { Endpoint, TlsOptions } from "../runtime/sockets/types.ts";
import type { LogRoot } from "../shared/log.ts";
import type { TlsIdentity } from "./tls-identity.ts";

const BLOCKS = 64;
const BLOCK_BYTES = 64 * KIB;
/** Sources and timers in addition to those of connections. */
const SPARE = 16;

/** The loop of a server with at most this many connections. */
export function openLoop(connections: number, logs: LogRoot | undefined): AsyncLoop {
  const arena = new Arena(new SharedArrayBuffer(BLOCKS * BLOCK_BYTES));
  const pool = new BlockPool(arena, "serve", BLOCKS, BLOCK_BYTES);
  arena.seal();
  // A connection may wait to read and to write, each with a time limit.
  const runtime = new Runtime({
    sources: connections + SPARE,
    timers: 2 * connections + SPARE,
    ...(logs === undefined ? {} : { log: logs.child({ scope: "runtime" }) }),
  });
  return new AsyncLoop(runtime, pool);
}

/** The TLS options of a listener with this certificate. */
export function pemOf(tls: TlsIdentity | undefined): TlsOptions | undefined {
  return tls === undefined ? undefined : { cert: tls.cert, key: tls.key };
}

/** The path of a Unix socket, or HOST:PORT. */
export function endpointName(endpoint: Endpoint): string {
  if ("path" in endpoint) return endpoint.path;
  const { host, port } = endpoint;
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}
