import type { Command } from "commander";

/** A command as `emu --help` lists it. */
interface ListedCommand {
  /** One line without a full stop, of at most 63 characters, so that the list fits 80 columns. */
  readonly summary: string;
  /** Loads the command's module, and returns the function that adds the command to a program. */
  load(): Promise<(program: Command) => void>;
}

/** Every command, in the order of the list. A module is loaded only when its command is used. */
export const COMMAND_LIST: Readonly<Record<string, ListedCommand>> = {
  run: {
    summary: "play a game in this terminal",
    load: async () => (await import("./commands/run.ts")).registerRun,
  },
  dump: {
    summary: "write frames or sound to a file",
    load: async () => (await import("./commands/dump.ts")).registerDump,
  },
  conform: {
    summary: "run test ROMs and report which pass",
    load: async () => (await import("./commands/conform.ts")).registerConform,
  },
  verify: {
    summary: "play movies to the end and compare them with their recordings",
    load: async () => (await import("./commands/verify.ts")).registerVerify,
  },
  fuzz: {
    summary: "find input that crashes or hangs a game, and make it short",
    load: async () => (await import("./commands/fuzz.ts")).registerFuzz,
  },
  worker: {
    summary: "run tests of emu conform --farm on this machine",
    load: async () => (await import("./commands/worker.ts")).registerWorker,
  },
  test: {
    summary: "run the unit tests of a game",
    load: async () => (await import("./commands/test.ts")).registerTest,
  },
  bisect: {
    summary: "find the first frame and CPU cycle at which two machines differ",
    load: async () => (await import("./commands/bisect.ts")).registerBisect,
  },
  suites: {
    summary: "fetch the test ROMs that a manifest names by address",
    load: async () => (await import("./commands/suites.ts")).registerSuites,
  },
  bench: {
    summary: "measure frames per second without a terminal",
    load: async () => (await import("./commands/bench.ts")).registerBench,
  },
  serve: {
    summary: "offer a machine to programs, browsers and spectators",
    load: async () => (await import("./commands/serve.ts")).registerServe,
  },
  host: {
    summary: "play a game with others over the network",
    load: async () => (await import("./commands/host.ts")).registerHost,
  },
  join: {
    summary: "join a game of emu host",
    load: async () => (await import("./commands/join.ts")).registerJoin,
  },
  env: {
    summary: "run environments for the Python package, which starts it",
    load: async () => (await import("./commands/env.ts")).registerEnv,
  },
  mcp: {
    summary: "let agents play, watch and debug a game",
    load: async () => (await import("./commands/mcp.ts")).registerMcp,
  },
  export: {
    summary: "write a web page that plays a game",
    load: async () => (await import("./commands/export.ts")).registerExport,
  },
  tape: {
    summary: "import or export the Data Recorder's tape of a game as a sound",
    load: async () => (await import("./commands/tape.ts")).registerTape,
  },
  debug: {
    summary: "debug a game in the browser or an editor, also backwards",
    load: async () => (await import("./commands/debug.ts")).registerDebug,
  },
  trace: {
    summary: "look at a failed test, frame by frame",
    load: async () => (await import("./commands/trace.ts")).registerTrace,
  },
  watch: {
    summary: "watch a game of emu serve or emu host in this terminal",
    load: async () => (await import("./commands/watch.ts")).registerWatch,
  },
  init: {
    summary: "write tests and a CI workflow for a game",
    load: async () => (await import("./commands/init.ts")).registerInit,
  },
  cores: {
    summary: "list the libretro cores that play other consoles",
    load: async () => (await import("./commands/cores.ts")).registerCores,
  },
  info: {
    summary: "describe a ROM: its format, board, sizes, hashes and support",
    load: async () => (await import("./commands/info.ts")).registerInfo,
  },
  doctor: {
    summary: "report what this machine and this terminal can do",
    load: async () => (await import("./commands/doctor.ts")).registerDoctor,
  },
};
