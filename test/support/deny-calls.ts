/**
 * Program for which the kernel refuses io_uring's system calls, as in containers. It prints what the runtime
 * then uses instead. Argument: the error number, 1 (EPERM) or 38 (ENOSYS).
 */
import { dlopen, ptr } from "bun:ffi";
import { openFileEngine } from "../../src/io/runtime/files/index.ts";
import { probeRuntime } from "../../src/io/runtime/probe.ts";

const PR_SET_NO_NEW_PRIVS = 38;
const PR_SET_SECCOMP = 22;
const SECCOMP_MODE_FILTER = 2;
const RETURN_ERRNO = 0x0005_0000;
const RETURN_ALLOW = 0x7fff_0000;
const FIRST_CALL = 425;
const LAST_CALL = 427;

/** `struct sock_filter`: code, jump if true, jump if false, operand. */
function instruction(code: number, jumpTrue: number, jumpFalse: number, operand: number): number[] {
  const view = new DataView(new ArrayBuffer(8));
  view.setUint16(0, code, true);
  view.setUint8(2, jumpTrue);
  view.setUint8(3, jumpFalse);
  view.setUint32(4, operand, true);
  return [...new Uint8Array(view.buffer)];
}

function denyRing(errorNumber: number): void {
  const c = dlopen("libc.so.6", {
    prctl: { args: ["i32", "u64", "u64", "u64", "u64"], returns: "i32" },
  }).symbols;
  const filter = new Uint8Array(new SharedArrayBuffer(5 * 8));
  filter.set(
    [
      instruction(0x20, 0, 0, 0), // load the call's number
      instruction(0x35, 0, 2, FIRST_CALL), // at least the first?
      instruction(0x25, 1, 0, LAST_CALL), // beyond the last?
      instruction(0x06, 0, 0, RETURN_ERRNO | errorNumber),
      instruction(0x06, 0, 0, RETURN_ALLOW),
    ].flat(),
  );
  const program = new DataView(new SharedArrayBuffer(16));
  program.setUint16(0, 5, true);
  program.setBigUint64(8, BigInt(ptr(filter)), true);
  c.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  if (c.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ptr(new Uint8Array(program.buffer)), 0, 0) !== 0)
    throw new Error("no seccomp here");
}

denyRing(Number(process.argv[2]));
const { engine, refused } = openFileEngine();
const { backends } = probeRuntime();
console.log(
  JSON.stringify({ engine: engine.name, refused, ring: backends.find(({ name }) => name === "io_uring") }),
);
process.exit(0);
