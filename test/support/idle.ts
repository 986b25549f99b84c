/**
 * Program that waits on a runtime with open sockets and nothing to do. It prints the CPU time that this took,
 * in microseconds. Arguments: backend, milliseconds.
 */
import type { BackendName } from "../../src/io/runtime/backend.ts";
import { EventBatch } from "../../src/io/runtime/event-batch.ts";
import { READ } from "../../src/io/runtime/keys.ts";
import { Runtime } from "../../src/io/runtime/runtime.ts";
import { openSockets } from "../../src/io/runtime/sockets/index.ts";

const [backend, milliseconds] = process.argv.slice(2);
const runtime = new Runtime({ backend: backend as BackendName });
const listener = openSockets(runtime).listen({ host: "127.0.0.1", port: 0 }, 8);
runtime.modify(listener.key, READ);
runtime.startTimer(3600e9);
const batch = new EventBatch();
// Lets threads start and code compile first.
for (let i = 0; i < 20; i++) await runtime.wait(batch, 5e6);
const before = process.cpuUsage();
await runtime.wait(batch, Number(milliseconds) * 1e6);
const { user, system } = process.cpuUsage(before);
console.log(user + system);
process.exit(0);
