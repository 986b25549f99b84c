import { BunBackend } from "../backends/bun.ts";
import type { Runtime } from "../runtime.ts";
import { BunSockets } from "./bun.ts";
import { LinuxSockets } from "./linux.ts";
import type { SocketFactory } from "./types.ts";

/** Creates the socket factory for a runtime's backend; its sockets are sources of `runtime`. */
export function openSockets(runtime: Runtime): SocketFactory {
  const { backend } = runtime;
  return backend instanceof BunBackend ? new BunSockets(runtime, backend) : new LinuxSockets(runtime);
}
