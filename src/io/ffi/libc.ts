/**
 * Every native function that emu calls, one table per library. Importing this module opens nothing: the first
 * use opens a library. A library that does not exist (another platform, another libc) is undefined.
 *
 * System call results are declared `i32`, so that calls create no BigInt. Pointers passed in must outlive the
 * call and must not move: views on a SharedArrayBuffer meet both conditions; a small typed array with its own
 * buffer may move when its `buffer` is touched.
 */
import { dlopen, type FFIFunction, type Library, type Pointer, read } from "bun:ffi";

const LINUX_C = {
  __errno_location: { args: [], returns: "ptr" },
  gettid: { args: [], returns: "i32" },
  clock_gettime: { args: ["i32", "ptr"], returns: "i32" },
  dup: { args: ["i32"], returns: "i32" },
  dup2: { args: ["i32", "i32"], returns: "i32" },
  fcntl: { args: ["i32", "i32", "u64"], returns: "i32" },
  flock: { args: ["i32", "i32"], returns: "i32" },
  ioctl: { args: ["i32", "u64", "ptr"], returns: "i32" },
  mlock: { args: ["ptr", "u64"], returns: "i32" },
  nanosleep: { args: ["ptr", "ptr"], returns: "i32" },
  pipe2: { args: ["ptr", "i32"], returns: "i32" },
  prctl: { args: ["i32", "u64", "u64", "u64", "u64"], returns: "i32" },
  sched_setaffinity: { args: ["i32", "u64", "ptr"], returns: "i32" },
  sched_setscheduler: { args: ["i32", "i32", "ptr"], returns: "i32" },
  setpriority: { args: ["i32", "u32", "i32"], returns: "i32" },
} as const satisfies Record<string, FFIFunction>;

/**
 * What the async runtime needs on Linux: descriptors, waiting, sockets, and io_uring system calls by number.
 */
const LINUX_IO = {
  accept4: { args: ["i32", "ptr", "ptr", "i32"], returns: "i32" },
  bind: { args: ["i32", "ptr", "u32"], returns: "i32" },
  close: { args: ["i32"], returns: "i32" },
  connect: { args: ["i32", "ptr", "u32"], returns: "i32" },
  epoll_create1: { args: ["i32"], returns: "i32" },
  epoll_ctl: { args: ["i32", "i32", "i32", "ptr"], returns: "i32" },
  epoll_wait: { args: ["i32", "ptr", "i32", "i32"], returns: "i32" },
  eventfd: { args: ["u32", "i32"], returns: "i32" },
  fsync: { args: ["i32"], returns: "i32" },
  getpeername: { args: ["i32", "ptr", "ptr"], returns: "i32" },
  getsockname: { args: ["i32", "ptr", "ptr"], returns: "i32" },
  getsockopt: { args: ["i32", "i32", "i32", "ptr", "ptr"], returns: "i32" },
  listen: { args: ["i32", "i32"], returns: "i32" },
  mmap: { args: ["ptr", "u64", "i32", "i32", "i32", "i64"], returns: "ptr" },
  mprotect: { args: ["ptr", "u64", "i32"], returns: "i32" },
  munmap: { args: ["ptr", "u64"], returns: "i32" },
  open: { args: ["ptr", "i32", "u32"], returns: "i32" },
  poll: { args: ["ptr", "u64", "i32"], returns: "i32" },
  ppoll: { args: ["ptr", "u64", "ptr", "ptr"], returns: "i32" },
  pread: { args: ["i32", "ptr", "u64", "i64"], returns: "i32" },
  pwrite: { args: ["i32", "ptr", "u64", "i64"], returns: "i32" },
  read: { args: ["i32", "ptr", "u64"], returns: "i32" },
  recv: { args: ["i32", "ptr", "u64", "i32"], returns: "i32" },
  recvfrom: { args: ["i32", "ptr", "u64", "i32", "ptr", "ptr"], returns: "i32" },
  send: { args: ["i32", "ptr", "u64", "i32"], returns: "i32" },
  sendto: { args: ["i32", "ptr", "u64", "i32", "ptr", "u32"], returns: "i32" },
  setsockopt: { args: ["i32", "i32", "i32", "ptr", "u32"], returns: "i32" },
  shutdown: { args: ["i32", "i32"], returns: "i32" },
  socket: { args: ["i32", "i32", "i32"], returns: "i32" },
  socketpair: { args: ["i32", "i32", "i32", "ptr"], returns: "i32" },
  syscall: { args: ["i64", "i64", "i64", "i64", "i64", "i64", "i64"], returns: "i32" },
  write: { args: ["i32", "ptr", "u64"], returns: "i32" },
} as const satisfies Record<string, FFIFunction>;

/** What talks to a core's process; the same on Linux and macOS. */
const POSIX_PIPE = {
  poll: { args: ["ptr", "u64", "i32"], returns: "i32" },
  read: { args: ["i32", "ptr", "u64"], returns: "i32" },
  write: { args: ["i32", "ptr", "u64"], returns: "i32" },
} as const satisfies Record<string, FFIFunction>;

const MAC_SYSTEM = {
  __error: { args: [], returns: "ptr" },
  clock_gettime: { args: ["i32", "ptr"], returns: "i32" },
  dup: { args: ["i32"], returns: "i32" },
  dup2: { args: ["i32", "i32"], returns: "i32" },
  flock: { args: ["i32", "i32"], returns: "i32" },
  mach_thread_self: { args: [], returns: "u32" },
  mach_timebase_info: { args: ["ptr"], returns: "i32" },
  mlock: { args: ["ptr", "u64"], returns: "i32" },
  nanosleep: { args: ["ptr", "ptr"], returns: "i32" },
  pthread_set_qos_class_self_np: { args: ["u32", "i32"], returns: "i32" },
  thread_policy_set: { args: ["u32", "u32", "ptr", "u32"], returns: "i32" },
} as const satisfies Record<string, FFIFunction>;

const WINDOWS_KERNEL = {
  GetCurrentThread: { args: [], returns: "ptr" },
  GetLastError: { args: [], returns: "u32" },
  SetThreadAffinityMask: { args: ["ptr", "u64"], returns: "u64" },
  Sleep: { args: ["u32"], returns: "void" },
  SetThreadPriority: { args: ["ptr", "i32"], returns: "i32" },
} as const satisfies Record<string, FFIFunction>;

const WINDOWS_MULTIMEDIA = {
  timeBeginPeriod: { args: ["u32"], returns: "u32" },
  timeEndPeriod: { args: ["u32"], returns: "u32" },
} as const satisfies Record<string, FFIFunction>;

export type NativeFunctions<Table extends Record<string, FFIFunction>> = Library<Table>["symbols"];
type LinuxC = NativeFunctions<typeof LINUX_C>;
export type LinuxIo = NativeFunctions<typeof LINUX_IO>;
type MacSystem = NativeFunctions<typeof MAC_SYSTEM>;
type WindowsKernel = NativeFunctions<typeof WINDOWS_KERNEL>;
type WindowsMultimedia = NativeFunctions<typeof WINDOWS_MULTIMEDIA>;

/**
 * Opens the first library of `names` that has every function of `table`. It stays open until the process
 * ends.
 */
export function openLibrary<Table extends Record<string, FFIFunction>>(
  names: readonly string[],
  table: Table,
): NativeFunctions<Table> | undefined {
  for (const name of names) {
    try {
      return dlopen(name, table).symbols;
    } catch {
      // This name does not exist here or lacks a function: try the next one.
    }
  }
  return undefined;
}

/** Calls `make` at the first use and returns the same value from then on. */
export function lazily<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

const muslArch = process.arch === "arm64" ? "aarch64" : "x86_64";
const LINUX_C_NAMES = ["libc.so.6", `libc.musl-${muslArch}.so.1`];

/** The C library on Linux (glibc, else musl); undefined elsewhere. */
export const linuxC: () => LinuxC | undefined = lazily(() =>
  process.platform === "linux" ? openLibrary(LINUX_C_NAMES, LINUX_C) : undefined,
);

/** The part of Linux's C library that the async runtime uses; undefined elsewhere. */
export const linuxIo: () => LinuxIo | undefined = lazily(() =>
  process.platform === "linux" ? openLibrary(LINUX_C_NAMES, LINUX_IO) : undefined,
);

/** Blocking reads and writes of descriptors on Linux and macOS; undefined elsewhere. */
export const posixPipe: () => NativeFunctions<typeof POSIX_PIPE> | undefined = lazily(() =>
  process.platform === "win32" ? undefined : openLibrary([...LINUX_C_NAMES, "libSystem.B.dylib"], POSIX_PIPE),
);

/** libSystem on macOS; undefined elsewhere. */
export const macSystem: () => MacSystem | undefined = lazily(() =>
  process.platform === "darwin" ? openLibrary(["libSystem.B.dylib"], MAC_SYSTEM) : undefined,
);

/** kernel32 on Windows; undefined elsewhere. */
export const windowsKernel: () => WindowsKernel | undefined = lazily(() =>
  process.platform === "win32" ? openLibrary(["kernel32.dll"], WINDOWS_KERNEL) : undefined,
);

/** winmm on Windows; undefined elsewhere. */
export const windowsMultimedia: () => WindowsMultimedia | undefined = lazily(() =>
  process.platform === "win32" ? openLibrary(["winmm.dll"], WINDOWS_MULTIMEDIA) : undefined,
);

let errnoAddress: Pointer | null = null;

/** The calling thread's errno on Linux and macOS. Read it right after the call that set it. */
export function errno(): number {
  // Each thread evaluates this module itself, so the cached address is that of the calling thread.
  errnoAddress ??= (linuxC()?.__errno_location() ?? macSystem()?.__error() ?? null) as Pointer | null;
  return errnoAddress === null ? 0 : read.i32(errnoAddress, 0);
}

/** Linux numbers. The runtime reports errors by these names on every platform. */
const ERRNO_NAMES: Readonly<Record<number, string>> = {
  1: "EPERM",
  2: "ENOENT",
  4: "EINTR",
  5: "EIO",
  9: "EBADF",
  11: "EAGAIN",
  12: "ENOMEM",
  13: "EACCES",
  17: "EEXIST",
  20: "ENOTDIR",
  21: "EISDIR",
  22: "EINVAL",
  23: "ENFILE",
  24: "EMFILE",
  27: "EFBIG",
  28: "ENOSPC",
  32: "EPIPE",
  36: "ENAMETOOLONG",
  38: "ENOSYS",
  40: "ELOOP",
  62: "ETIME",
  88: "ENOTSOCK",
  90: "EMSGSIZE",
  95: "EOPNOTSUPP",
  97: "EAFNOSUPPORT",
  98: "EADDRINUSE",
  99: "EADDRNOTAVAIL",
  101: "ENETUNREACH",
  103: "ECONNABORTED",
  104: "ECONNRESET",
  105: "ENOBUFS",
  107: "ENOTCONN",
  110: "ETIMEDOUT",
  111: "ECONNREFUSED",
  113: "EHOSTUNREACH",
  115: "EINPROGRESS",
  125: "ECANCELED",
};

/** `errno` as a short text for reports: its name if it is a common one. */
export function errnoText(code: number): string {
  return ERRNO_NAMES[code] ?? `errno ${code}`;
}
