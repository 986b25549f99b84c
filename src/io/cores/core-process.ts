/**
 * The process that a core runs in. emu starts it with a `CoreOrder` as its only argument, the shared memory
 * as descriptor 3 and a socket as descriptor 4. Each byte that arrives on the socket announces a request in
 * the shared memory; each reply sends one byte back. The process never returns to its event loop, and ends
 * with emu.
 */
import { readSync, writeSync } from "node:fs";
import { InputError } from "../../emu/input-error.ts";
import { linuxC } from "../ffi/libc.ts";
import * as memory from "./core-memory.ts";
import type { CoreOrder } from "./core-order.ts";
import { CoreServer } from "./core-server.ts";

const MEMORY_FD = 3;
const SOCKET_FD = 4;
const F_SETFL = 4;
const O_NONBLOCK = 0o4000;
const PR_SET_PDEATHSIG = 1;
const SIGKILL = 9;

/** Serves one core until emu ends. */
export function runCoreProcess(argument: string): void {
  const c = linuxC();
  // A core that hangs must not outlive emu.
  c?.prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  // emu may be too busy to read what the core prints. Printing then fails instead of waiting.
  for (const descriptor of [1, 2]) c?.fcntl(descriptor, F_SETFL, O_NONBLOCK);
  // Ctrl-C in the terminal is meant for emu, which then ends this process.
  for (const signal of ["SIGINT", "SIGQUIT", "SIGHUP", "SIGTSTP"] as const) process.on(signal, () => {});
  const shared = new memory.CoreMemory(MEMORY_FD);
  const byte = new Uint8Array(1);
  const reply = (): void => {
    writeSync(SOCKET_FD, byte, 0, 1);
  };
  const order = JSON.parse(argument) as CoreOrder;
  let server: CoreServer | undefined;
  refusing(shared, () => {
    server = new CoreServer(order, shared);
  });
  reply();
  while (server !== undefined && readSync(SOCKET_FD, byte, 0, 1, null) === 1) {
    const request = shared.words[memory.WORD_REQUEST]!;
    if (request === memory.REQUEST_END) server.close();
    else refusing(shared, () => server!.serve(request));
    reply();
    if (request === memory.REQUEST_END) break;
  }
  process.exit(0);
}

/** Runs `action`. An `InputError` is reported as a rejection in the shared memory; bugs end the process. */
function refusing(shared: memory.CoreMemory, action: () => void): void {
  shared.words[memory.WORD_STATUS] = memory.STATUS_OK;
  try {
    action();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const { kind, message, where, remedy } = error;
    shared.text = JSON.stringify({ kind, message, where, remedy });
    shared.words[memory.WORD_STATUS] = memory.STATUS_REFUSED;
  }
}

if (import.meta.main) runCoreProcess(process.argv[2] ?? "");
