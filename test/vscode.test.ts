/** The extension of VS Code in editors/vscode, on a stand-in for VS Code's own module. */
import { expect, mock, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const ROOT = join(import.meta.dir, "../editors/vscode");
/** As VS Code writes it in configurations. */
const FOLDER = `$${"{workspaceFolder}"}`;
const registered: Record<string, unknown> = {};
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
  workspace: { getConfiguration: () => ({ get: (name: string, none: unknown) => settings[name] ?? none }) },
  window: { showErrorMessage: (text: string) => (registered.error = text) },
  commands: { registerCommand: (name: string) => name },
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
extension.activate({ subscriptions: [] });
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
