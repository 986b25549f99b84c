import { InputError } from "../../../emu/input-error.ts";
import { linuxIo } from "../../ffi/libc.ts";
import type { Backend, BackendName, Capabilities } from "../backend.ts";
import { callError, LINUX_CAPABILITIES } from "../linux/calls.ts";
import { probeRing } from "../linux/probe-ring.ts";
import { BUN_CAPABILITIES, BunBackend } from "./bun.ts";
import { EpollBackend } from "./epoll.ts";
import { IoUringBackend } from "./io-uring.ts";
import { PollBackend } from "./poll.ts";

const EFD_CLOEXEC = 0x80000;
const EFD_NONBLOCK = 0x800;

/** A backend, and the eventfd that ends its waits: −1 if it has none. */
export interface OpenedBackend {
  readonly backend: Backend;
  readonly descriptor: number;
}

/** Backends in the order in which they are tried when Bun's own loop lacks a needed capability. */
export const BACKEND_NAMES: readonly BackendName[] = ["bun", "epoll", "io_uring", "poll"];

/**
 * The best backend: Bun's own loop, which measures as fast as system calls from JavaScript, unless `needs`
 * names a capability that only they have. Throws `InputError` if no backend here has it.
 */
export function chooseBackend(needs: Partial<Capabilities>): BackendName {
  const name = BACKEND_NAMES.find((candidate) => {
    const capabilities = candidate === "bun" ? BUN_CAPABILITIES : LINUX_CAPABILITIES;
    const isWanted = (need: keyof Capabilities) => needs[need] !== true || capabilities[need];
    return (
      probeBackend(candidate) === undefined && (Object.keys(needs) as (keyof Capabilities)[]).every(isWanted)
    );
  });
  if (name === undefined) {
    const wanted = Object.keys(needs).join(" and ");
    throw new InputError("unavailable", `no backend here offers ${wanted}`);
  }
  return name;
}

/** Opens a backend with room for `slots` sources. Throws `InputError` if it does not work here. */
export function openBackend(name: BackendName, slots: number): OpenedBackend {
  if (name === "bun") return { backend: new BunBackend(), descriptor: -1 };
  const reason = probeBackend(name);
  if (reason !== undefined) throw new InputError("unavailable", `no ${name} backend: ${reason}`);
  // io_uring reads the eventfd, and a read on a non-blocking one would not wait.
  const blocking = name === "io_uring" ? 0 : EFD_NONBLOCK;
  const descriptor = linuxIo()!.eventfd(0, EFD_CLOEXEC | blocking);
  if (descriptor < 0) throw callError("eventfd");
  try {
    return { backend: openLinux(name, descriptor, slots), descriptor };
  } catch (error) {
    linuxIo()!.close(descriptor);
    throw error;
  }
}

function openLinux(name: BackendName, bell: number, slots: number): Backend {
  if (name === "epoll") return new EpollBackend(bell);
  return name === "io_uring" ? new IoUringBackend(bell, slots) : new PollBackend(bell, slots);
}

/** The backends that cannot work here, and why. */
export function refusedBackends(): { readonly name: BackendName; readonly reason: string }[] {
  return BACKEND_NAMES.flatMap((name) => {
    const reason = probeBackend(name);
    return reason === undefined ? [] : [{ name, reason }];
  });
}

/** Returns why a backend cannot work here, or undefined if it can. */
export function probeBackend(name: BackendName): string | undefined {
  if (name === "bun") return undefined;
  if (name === "io_uring") return probeRing();
  if (process.platform !== "linux") return "it needs Linux";
  return linuxIo() === undefined ? "the C library could not be opened" : undefined;
}
