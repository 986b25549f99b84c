/** The extension of VS Code in editors/vscode, on a stand-in for VS Code's own module. */
import { expect, mock, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";

const ROOT = join(import.meta.dir, "../editors/vscode");
/** As VS Code writes it in configurations. */
const FOLDER = `$${"{workspaceFolder}"}`;
const registered: Record<string, unknown> = {};
let workspaceFiles: string[] = [];

class FakeUri {
  readonly fsPath: string;
  constructor(path: string) {
    this.fsPath = path;
  }
  static file(path: string): FakeUri {
    return new FakeUri(path);
  }
  toString(): string {
    return `file://${this.fsPath}`;
  }
}

/** A watcher whose changes the test makes. */
class FakeWatcher {
  static readonly all: FakeWatcher[] = [];
  change: () => void = () => undefined;
  isDisposed = false;
  constructor() {
    FakeWatcher.all.push(this);
  }
  onDidCreate(): void {}
  onDidDelete(): void {}
  onDidChange(change: () => void): void {
    this.change = change;
  }
  dispose(): void {
    this.isDisposed = true;
  }
}

/** A list of test items, as VS Code has it. */
class FakeItems extends Map<string, FakeItem> {
  add(item: FakeItem): void {
    this.set(item.id, item);
  }
  replace(items: readonly FakeItem[]): void {
    this.clear();
    for (const item of items) this.add(item);
  }
}

interface FakeItem {
  readonly id: string;
  readonly label: string;
  readonly uri: FakeUri;
  readonly children: FakeItems;
  parent?: FakeItem;
}

type FakeMessage = {
  readonly message: string | { readonly value: string };
  readonly location: { readonly position: { readonly line: number } };
};
type FakeToken = {
  isCancellationRequested: boolean;
  onCancellationRequested(listener: () => void): { dispose(): void };
};

/** What the last runs have reported, as "label: outcome", and the messages of failures. */
const reports: string[] = [];
const messages: FakeMessage[] = [];
let endedRuns = 0;
let startRun: (request: object, token: FakeToken) => Promise<void> = () => Promise.resolve();
const controller = {
  items: new FakeItems(),
  createTestItem: (id: string, label: string, uri: FakeUri): FakeItem => ({
    id,
    label,
    uri,
    children: new FakeItems(),
  }),
  createRunProfile: (_label: string, _kind: number, run: typeof startRun) => {
    startRun = run;
    return {};
  },
  createTestRun: () => {
    const say = (outcome: string) => (item: FakeItem) => void reports.push(`${item.label}: ${outcome}`);
    return {
      started: () => undefined,
      passed: say("passed"),
      skipped: say("skipped"),
      errored: say("errored"),
      failed: (item: FakeItem, failures: FakeMessage[]) => {
        say("failed")(item);
        messages.push(...failures);
      },
      appendOutput: () => undefined,
      end: () => endedRuns++,
    };
  },
};
const settings: Record<string, unknown> = {};
mock.module("vscode", () => ({
  DebugAdapterExecutable: function Executable(this: object, command: string, args: readonly string[]) {
    Object.assign(this, { command, args });
  },
  DebugAdapterServer: function Server(this: object, port: number, host: string) {
    Object.assign(this, { port, host });
  },
  DebugConfigurationProviderTriggerKind: { Dynamic: 2 },
  ViewColumn: { Beside: -2 },
  workspace: {
    getConfiguration: () => ({ get: (name: string, none: unknown) => settings[name] ?? none }),
    createFileSystemWatcher: () => new FakeWatcher(),
    findFiles: () => Promise.resolve(workspaceFiles.map((path) => FakeUri.file(path))),
    asRelativePath: ({ fsPath }: FakeUri) => basename(fsPath),
    getWorkspaceFolder: ({ fsPath }: FakeUri) => ({ uri: FakeUri.file(dirname(fsPath)) }),
  },
  window: { showErrorMessage: (text: string) => (registered.error = text) },
  commands: {
    registerCommand: (name: string, run: unknown) => (registered[name] = run),
    executeCommand: (...args: unknown[]) => (registered.executed = args),
  },
  env: { openExternal: (uri: FakeUri) => (registered.opened = uri.fsPath) },
  tests: { createTestController: () => controller },
  TestRunProfileKind: { Run: 1 },
  Uri: { file: (path: string) => FakeUri.file(path), parse: (text: string) => new FakeUri(text.slice(7)) },
  Range: class {
    readonly start: { readonly line: number };
    constructor(line: number) {
      this.start = { line };
    }
  },
  Position: class {
    readonly line: number;
    constructor(line: number) {
      this.line = line;
    }
  },
  Location: class {
    readonly uri: FakeUri;
    readonly position: { readonly line: number };
    constructor(uri: FakeUri, position: { readonly line: number }) {
      this.uri = uri;
      this.position = position;
    }
  },
  MarkdownString: class {
    value = "";
    appendCodeblock(text: string) {
      this.value += text;
    }
    appendMarkdown(text: string) {
      this.value += text;
    }
  },
  TestMessage: class {
    location: { readonly position: { readonly line: number } } | undefined;
    readonly message: string | { readonly value: string };
    constructor(message: string | { readonly value: string }) {
      this.message = message;
    }
  },
  debug: {
    registerDebugAdapterDescriptorFactory: (_type: string, factory: unknown) =>
      (registered.factory = factory),
    registerDebugConfigurationProvider: (_type: string, provider: unknown) =>
      (registered.provider = provider),
    onDidStartDebugSession: () => undefined,
  },
}));

interface Factory {
  createDebugAdapterDescriptor(session: object): object;
}
interface Provider {
  provideDebugConfigurations(folder: object): { program: string }[];
  resolveDebugConfiguration(folder: object, configuration: object): { program?: string } | undefined;
}

const extension = await import(join(ROOT, "extension.js"));
const gameTests = extension.activate({ subscriptions: [] });
const factory = registered.factory as Factory;
const provider = registered.provider as Provider;

test("the adapter is emu, or a server", () => {
  const workspaceFolder = { uri: { fsPath: "/game" } };
  const start = (configuration: object): object =>
    factory.createDebugAdapterDescriptor({ configuration, workspaceFolder });
  expect(start({ request: "launch" })).toMatchObject({ command: "emu", args: ["debug", "--dap"] });
  settings.command = `${FOLDER}/node_modules/.bin/emu`;
  expect(start({ request: "launch" })).toMatchObject({ command: "/game/node_modules/.bin/emu" });
  expect(start({ request: "attach", port: 4711 })).toMatchObject({ port: 4711, host: "127.0.0.1" });
});

test("the only ROM of a folder is debugged without a configuration", () => {
  const root = mkdtempSync(join(tmpdir(), "emu-vscode-"));
  const folder = { uri: { fsPath: root } };
  expect(provider.resolveDebugConfiguration(folder, {})).toBeUndefined();
  expect(registered.error).toContain("found no ROM");
  mkdirSync(join(root, "build"));
  writeFileSync(join(root, "build/game.nes"), "");
  const program = `${FOLDER}/build/game.nes`;
  expect(provider.resolveDebugConfiguration(folder, {})).toMatchObject({ type: "emu", program, cwd: root });
  expect(provider.provideDebugConfigurations(folder)).toMatchObject([{ program }]);
  writeFileSync(join(root, "other.nes"), "");
  expect(provider.resolveDebugConfiguration(folder, {})).toBeUndefined();
  expect(registered.error).toContain("several ROMs");
  rmSync(root, { recursive: true });
});

test("every attribute of a configuration is one that docs/debug.md has", async () => {
  const manifest = await Bun.file(join(ROOT, "package.json")).json();
  const docs = await Bun.file(join(ROOT, "../../docs/debug.md")).text();
  const { launch, attach } = manifest.contributes.debuggers[0].configurationAttributes;
  const own = new Set(["host", "port"]);
  const names = [...Object.keys(launch.properties), ...Object.keys(attach.properties)];
  expect(names.filter((name) => !own.has(name) && !docs.includes(`| \`${name}\` |`))).toEqual([]);
});

/** A token that nobody has cancelled, and the function that cancels it. */
function cancellation(): { token: FakeToken; cancel(): void } {
  const listeners: (() => void)[] = [];
  const token: FakeToken = {
    isCancellationRequested: false,
    onCancellationRequested: (listener) => {
      listeners.push(listener);
      return { dispose: () => undefined };
    },
  };
  const cancel = (): void => {
    token.isCancellationRequested = true;
    for (const listener of listeners) listener();
  };
  return { token, cancel };
}

test("the test explorer lists the tests of emuterm, runs them and links the trace of a failure", async () => {
  const root = mkdtempSync(join(tmpdir(), "emu-vscode-tests-"));
  mkdirSync(join(root, "node_modules"));
  symlinkSync(join(import.meta.dir, ".."), join(root, "node_modules/emuterm"), "dir");
  const file = join(root, "game.test.ts");
  const other = join(root, "other.test.ts");
  writeFileSync(other, 'import { test } from "bun:test"; test("not ours", () => {});');
  const rom = JSON.stringify(join(import.meta.dir, "../roms/swingby.nes"));
  writeFileSync(
    file,
    [
      'import { describe, expect, test } from "bun:test";',
      'import { load, traced } from "emuterm";',
      'describe("the game", () => {',
      '  test("adds", () => expect(1 + 1).toBe(2));',
      '  test.each([1, 2])("is %d", (n) => expect(n).toBe(1));',
      '  test.skip("later", () => {});',
      "});",
      'test("loses (at once)", traced(async () => {',
      `  const nes = await load(${rom});`,
      "  nes.frames(3);",
      "  expect(nes.frame).toBe(4);",
      "}));",
    ].join("\n"),
  );
  try {
    settings.bun = process.execPath;
    settings.command = join(root, "emu");
    // As the command emu of a project.
    writeFileSync(
      settings.command as string,
      `#!/bin/sh\nexec "${process.execPath}" "${join(import.meta.dir, "../src/cli/main.ts")}" "$@"\n`,
      { mode: 0o755 },
    );
    workspaceFiles = [file, other];
    await gameTests.discover();
    expect([...controller.items.values()].map(({ label }) => label)).toEqual(["game.test.ts"]);
    const [item] = controller.items.values();
    const tests = [...item!.children.values()];
    for (const each of tests) each.parent = item!;
    expect(tests.map(({ label }) => label)).toEqual(["adds", "is %d", "later", "loses (at once)"]);

    await startRun({}, cancellation().token);
    expect(reports.splice(0)).toEqual([
      "adds: passed",
      "is %d: failed",
      "later: skipped",
      "loses (at once): failed",
    ]);
    expect(endedRuns).toBe(1);
    const [each, lost] = messages.splice(0);
    expect(each!.message).toContain("is 2");
    expect(each!.location.position.line).toBe(4);
    const { value } = lost!.message as { value: string };
    expect(lost!.location.position.line).toBe(10);
    const [, argument = ""] = /\[Open the trace\]\(command:emu.openArtifact\?([^)]*)\)/.exec(value) ?? [];
    const [trace] = JSON.parse(decodeURIComponent(argument));
    expect(trace).toEndWith("game.test.ts-8.emutrace");

    await (registered["emu.openArtifact"] as (path: string) => Promise<void>)(trace);
    expect(await Bun.file(registered.opened as string).text()).toContain("<!doctype html>");

    // One test alone, by its name.
    await startRun({ include: [tests[3]] }, cancellation().token);
    expect(reports.splice(0)).toEqual(["loses (at once): failed"]);

    // A file that cannot be loaded fails all of its tests.
    writeFileSync(file, 'import "emuterm"; import "./nothing.ts";');
    await startRun({ include: [tests[0]] }, cancellation().token);
    expect(reports.splice(0)).toEqual(["adds: errored"]);
  } finally {
    rmSync(root, { recursive: true });
  }
}, 60_000);

test("a continuous run begins again when the ROM is rebuilt, until it is cancelled", async () => {
  const root = mkdtempSync(join(tmpdir(), "emu-vscode-watch-"));
  const file = join(root, "a.test.ts");
  writeFileSync(file, 'import "emuterm";\n');
  try {
    workspaceFiles = [file];
    settings.bun = "true";
    await gameTests.discover();
    const { token, cancel } = cancellation();
    const from = FakeWatcher.all.length;
    const before = endedRuns;
    await startRun({ continuous: true }, token);
    while (endedRuns === before) await Bun.sleep(10);
    FakeWatcher.all[from]!.change();
    while (endedRuns === before + 1) await Bun.sleep(10);
    cancel();
    expect(FakeWatcher.all.slice(from).every(({ isDisposed }) => isDisposed)).toBe(true);
  } finally {
    rmSync(root, { recursive: true });
  }
});
