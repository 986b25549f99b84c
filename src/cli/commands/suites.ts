import { Argument, type Command, Option } from "commander";
import { InputError } from "../../emu/input-error.ts";
import { KIB } from "../../emu/units.ts";
import { loadSuites } from "../../io/conform/manifest.ts";
import { exists, pullSuite } from "../../io/conform/suites/pull.ts";
import { parseMirror, type Suite, suiteFolder, suitesCache } from "../../io/conform/suites/suite.ts";
import { writeStdout } from "../../io/files/stdout.ts";
import { interruptSignal } from "../interrupt.ts";
import { addExamples, jsonOption } from "../options.ts";
import { ProgressBar } from "../progress.ts";

const ACTIONS = ["pull", "list"] as const;

interface SuitesOptions {
  readonly json?: true;
  readonly mirror?: string;
}

/** `emu suites`: fetch ROMs that manifests name by address and checksum. */
export function registerSuites(program: Command): void {
  const command = program
    .command("suites")
    .description(
      "Fetch the test suites that manifests name by address, check their SHA-256 and store them in the cache. " +
        "An interrupted pull resumes. Suites in the cache are not fetched again.",
    )
    .addArgument(
      new Argument("<action>", "pull: fetch missing suites; list: show which are in the cache").choices(
        ACTIONS,
      ),
    )
    .argument("<manifest...>", "manifests with [[suite]] tables")
    .addOption(
      new Option("--mirror <from=to>", "replace FROM by TO at the start of addresses").env(
        "EMU_SUITES_MIRROR",
      ),
    )
    .addOption(jsonOption())
    .action(runSuites);
  addExamples(
    command,
    "emu suites pull tests.toml",
    "emu suites list tests.toml --json",
    "emu suites pull tests.toml --mirror https://example.org/=https://roms.example.net/",
  );
}

async function runSuites(
  action: (typeof ACTIONS)[number],
  paths: string[],
  options: SuitesOptions,
): Promise<void> {
  const suites: Suite[] = [];
  for (const path of paths) suites.push(...(await loadSuites(path)));
  if (suites.length === 0)
    throw new InputError("data", "there is no [[suite]] table", paths.join(", "), "see docs/conform.md");
  const results = action === "pull" ? await pullAll(suites, options.mirror) : await listAll(suites);
  if (options.json === true) {
    writeStdout(`${JSON.stringify({ suites: results }, null, 2)}\n`);
    return;
  }
  writeStdout(results.map(({ name, state, folder }) => `${state.padEnd(13)}  ${name}  ${folder}\n`).join(""));
}

interface Result {
  readonly name: string;
  readonly url: string;
  readonly sha256: string;
  readonly state: string;
  readonly folder: string;
}

function resultOf(suite: Suite, state: string): Result {
  const { name, url, sha256 } = suite;
  return { name, url, sha256, state, folder: suiteFolder(suite) };
}

async function listAll(suites: readonly Suite[]): Promise<Result[]> {
  const states = suites.map(async (suite) => {
    return resultOf(suite, (await exists(suiteFolder(suite))) ? "there" : "missing");
  });
  return Promise.all(states);
}

async function pullAll(suites: readonly Suite[], mirror: string | undefined): Promise<Result[]> {
  const interrupt = interruptSignal();
  const results: Result[] = [];
  try {
    for (const suite of suites) {
      let progress: ProgressBar | undefined;
      const state = await pullSuite(suite, {
        cache: suitesCache(),
        ...(mirror === undefined ? {} : { mirror: parseMirror(mirror) }),
        signal: interrupt.signal,
        onProgress: (bytes, total) => {
          // Progress counts files for a suite of single files, and bytes for an archive.
          const [unit, size] = suite.files === undefined ? ["KiB", KIB] : ["files", 1];
          progress ??= new ProgressBar(Math.ceil((total ?? bytes) / size), `${unit} of ${suite.name}`);
          progress.update(Math.floor(bytes / size));
        },
      });
      progress?.clear();
      results.push(resultOf(suite, state));
    }
    return results;
  } finally {
    interrupt.release();
  }
}
