import { BunBackend } from "../backends/bun.ts";
import type { Runtime } from "../runtime.ts";
import { BunSockets } from "./bun.ts";
import { LinuxSockets } from "./linux.ts";
import type { SocketFactory } from "./types.ts";

/** Sockets that are sources of `runtime`, made the way its backend needs them. */
export function openSockets(runtime: Runtime): SocketFactory {
  const { backend } = runtime;
  return backend instanceof BunBackend ? new BunSockets(runtime, backend) : new LinuxSockets(runtime);
}
