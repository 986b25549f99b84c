/** Rules of the code that the linter does not check. */
import { describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { SLOW_FILES } from "../.ci/timings.ts";
import { createProgram } from "../src/cli/main.ts";
import { filesBelow, isScript, ROOT, readSource } from "./support/sources.ts";

const read = readSource;

const sources = filesBelow("src").filter(isScript);
const scripts = [...sources, ...filesBelow("test", "bench", ".ci", "roms").filter(isScript)];
const TEXT = /\.(tsx?|mjs|json|md|s|inc|cfg|toml|yml|txt)$/;
const DOCUMENTS = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md", "CODE_OF_CONDUCT.md"];
const TOP_LEVEL = [...DOCUMENTS, "package.json", "bunfig.toml", "biome.json", "tsconfig.json", ".npmrc"];
const texts = [
  ...filesBelow("src", "test", "bench", ".ci", ".github", "docs", "roms").filter((path) => TEXT.test(path)),
  ".ci/run",
  ...TOP_LEVEL,
].filter((path) => existsSync(join(ROOT, path)));

const commandNames = (await createProgram()).commands.map((command) => [command.name()]);

describe("size", () => {
  const MAX_FILE_LINES = 500;
  /** Long files that cannot be split: a switch of 256 opcodes, one line per case. */
  const LONG_FILES = new Set(["src/emu/nes/cpu/execute.ts", "src/emu/nes/cpu/fast/stretches.ts"]);

  test(`no file is longer than ${MAX_FILE_LINES} lines`, () => {
    const long = scripts.filter((path) => {
      return (
        !LONG_FILES.has(path) && !path.includes("/data/") && read(path).split("\n").length > MAX_FILE_LINES
      );
    });
    expect(long).toEqual([]);
  });
});

describe("names", () => {
  /** `BOARDS` of each file of boards. The others are one thing, wrapped for the library's users. */
  const SHARED_NAMES = new Set(["BOARDS", "load", "loadMovie", "saveMovie"]);
  const DECLARATION =
    /^export (?:declare |abstract |async )*(?:class|interface|type|enum|const|let|function\*?) (\w+)/gm;

  test("no two files export a thing of the same name", () => {
    const places = new Map<string, Set<string>>();
    for (const path of sources) {
      for (const [, name = ""] of read(path).matchAll(DECLARATION)) {
        places.set(name, (places.get(name) ?? new Set()).add(path));
      }
    }
    const twice = [...places].filter(([name, paths]) => paths.size > 1 && !SHARED_NAMES.has(name));
    expect(twice.map(([name, paths]) => `${name}: ${[...paths].join(", ")}`)).toEqual([]);
    expect(places.size).toBeGreaterThan(1000);
  });
});

describe("limits", () => {
  const OTHER_NAMES = /\bconst ((?:LEAST|MOST|LARGEST|SMALLEST|LONGEST|SHORTEST)_\w+)/g;

  test("are called MAX_ or MIN_", () => {
    const others = scripts
      .filter((path) => !path.startsWith("src/emu/") && !path.startsWith("test/emu/"))
      .flatMap((path) => [...read(path).matchAll(OTHER_NAMES)].map(([, name]) => `${path}: ${name}`));
    expect(others).toEqual([]);
  });
});

describe("width", () => {
  const MAX_COLUMNS = 110;
  const COMMENT = /^\s*(\/\/|\/?\*|;|#)|\s(\/\/|;) [^"'`]*$/;
  const commented = [...sources, ...filesBelow("test", "bench", "roms", "examples", ".ci")].filter((path) =>
    /\.(tsx?|mjs|s|inc|c|h|cfg|toml)$/.test(path),
  );

  test(`comments wrap at ${MAX_COLUMNS} columns`, () => {
    const wide = commented.flatMap((path) =>
      read(path)
        .split("\n")
        .flatMap((line, at) =>
          line.length > MAX_COLUMNS && COMMENT.test(line) ? [`${path}:${at + 1}`] : [],
        ),
    );
    expect(wide).toEqual([]);
  });
});

describe("words", () => {
  /** Text that is not allowed anywhere, and why. */
  const BANNED: readonly [RegExp, string][] = [
    [/(^|[\s"(=`])\/(work|root)\/[a-z]/m, "a path of one machine"],
    [/https?:\/\/[a-z0-9.-]*(registry|mirror|proxy)[a-z0-9.-]*/i, "a registry's address"],
    [/\b(TODO|FIXME|XXX|HACK)\b/, "a note to oneself: file an issue, or say what is known"],
    [/^(<{7}|>{7}|={7})( |$)/m, "a merge conflict"],
    [/\bBUN_JSC_(?!gcMaxHeapSize|logGC)/, "an option of the engine for diagnosis only"],
  ];

  test.each(BANNED.map(([pattern, reason]) => [reason, pattern] as const))("nowhere %s", (_, pattern) => {
    expect(texts.filter((path) => path !== "test/tidy.test.ts" && pattern.test(read(path)))).toEqual([]);
  });

  test("nothing of another emulator's ROMs", () => {
    const roms = filesBelow("src", "test", "bench", "docs", "roms").filter((path) =>
      /\.(nes|fds|unf)$/i.test(path),
    );
    expect(roms.filter((path) => !/^roms\/[a-z-]+\.nes$/.test(path))).toEqual([]);
  });

  test("the slow files that CI starts first exist", () => {
    const paths = SLOW_FILES.map(([file]) => `test/${file}.test.ts`);
    expect(paths.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });

  test("no focused tests", () => {
    const focused = scripts.filter((path) => /\b(test|describe|it)\.only\(/.test(read(path)));
    expect(focused.filter((path) => path !== "test/tidy.test.ts")).toEqual([]);
  });

  test("every expectation of a promise is awaited", () => {
    // Statements: those that begin a line and follow the end of another, but for comments between them.
    const unawaited = filesBelow("test", "examples")
      .filter(isScript)
      .flatMap((path) => {
        const code = read(path).replace(/^[ \t]*\/\/.*$/gm, "");
        return [...code.matchAll(/(?<=(?:^|[;{})])\s*)expect\((?:(?!;\n)[\s\S])*/g)]
          .filter(([statement]) => /\)\s*\.(rejects|resolves)\b/.test(statement))
          .map(([statement]) => `${path}: ${statement}`);
      });
    expect(unawaited).toEqual([]);
  });

  test("every test that makes a temporary folder removes it", () => {
    const left = filesBelow("test").filter((path) => {
      const text = read(path);
      return (
        path !== "test/tidy.test.ts" &&
        /mkdtemp(Sync)?\(/.test(text) &&
        !/\b(rm|rmSync|rmdirSync)\(/.test(text)
      );
    });
    expect(left).toEqual([]);
  });

  test("no test file leaves a changed object or variable to those that run after it in one process", () => {
    const left = filesBelow("test")
      .filter((path) => isScript(path) && path !== "test/tidy.test.ts")
      .flatMap((path) => {
        const spies = read(path).matchAll(/^.*(?<!\busing \w+ = )\bspyOn\(.*$/gm);
        const changes = read(path).matchAll(
          /^.*(\bprocess\.env(\.\w+|\[[^\]]+\]) = |\bdelete process\.env\b|\bassign\(process\.env\b|\bprocess\.chdir\().*$/gm,
        );
        return [...spies, ...(path === "test/support/environment.ts" ? [] : changes)].map(
          ([line]) => `${path}: ${line.trim()}`,
        );
      });
    expect(left).toEqual([]);
  });

  test("no test depends on an absolute time", () => {
    const timed = filesBelow("test").filter((path) =>
      /expect\([^)]*(elapsed|duration)\w*\)\.toBeLess/i.test(read(path)),
    );
    expect(timed).toEqual([]);
  });
});

describe("documents", () => {
  const readme = read("README.md");

  test.each(commandNames)("the README shows emu %s", (name) => {
    expect(readme).toMatch(new RegExp(`emu ${name}\\b`));
  });

  test("the README lists every exit code", () => {
    const codes = [...read("src/cli/exit-codes.ts").matchAll(/const EXIT_\w+ = (\d+);/g)].map(
      ([, code]) => code!,
    );
    const listed = [...readme.matchAll(/^\| (\d+) \| /gm)].map(([, code]) => code!);
    expect(listed).toEqual(codes);
  });

  test("docs/README.md lists every page", () => {
    const index = read("docs/README.md");
    const pages = filesBelow("docs").filter((path) => /^docs\/[a-z-]+\.md$/.test(path));
    expect(pages.filter((page) => !index.includes(`](${page.slice("docs/".length)})`))).toEqual([]);
  });

  test("links of documents lead somewhere", () => {
    const broken: string[] = [];
    for (const path of [...DOCUMENTS, ...filesBelow("docs")].filter((each) => each.endsWith(".md"))) {
      for (const [, link] of read(path).matchAll(/\]\((?!https?:|#)([^)#]+)/g)) {
        if (!existsSync(resolve(ROOT, dirname(path), link))) broken.push(`${path}: ${link}`);
      }
    }
    expect(broken).toEqual([]);
  });
});

describe("the package", () => {
  const manifest = JSON.parse(read("package.json"));

  test("pins every dependency to one version", () => {
    const versions = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies });
    expect(versions.filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(String(version)))).toEqual([]);
  });

  test("its lock file names no host", () => {
    expect(read("bun.lock")).not.toMatch(/https?:/);
  });

  test("its scripts run in any shell", () => {
    for (const script of Object.values(manifest.scripts))
      expect(script).not.toMatch(/[;&|<>$`']|\brm\b|\bcp\b/);
  });
});
