/** The extension starts emu's debug adapter, finds the ROM, and shows the picture and the tests of the game. */
const { existsSync, readdirSync } = require("node:fs");
const { join } = require("node:path");
const vscode = require("vscode");
const { GameTests } = require("./tests.js");

/** As VS Code writes it in settings and configurations. */
const FOLDER = `$${"{workspaceFolder}"}`;
const PICTURE_EVERY_MS = 100;
/** Folders of a workspace that builds write ROMs to. */
const BUILD_FOLDERS = ["build", "bin", "out", "dist", "."];

/** Adapters are programs, or servers to which a configuration attaches. */
const adapters = {
  createDebugAdapterDescriptor({ configuration, workspaceFolder }) {
    if (configuration.request === "attach") {
      return new vscode.DebugAdapterServer(configuration.port, configuration.host ?? "127.0.0.1");
    }
    const folder = workspaceFolder?.uri.fsPath ?? ".";
    const command = vscode.workspace.getConfiguration("emu").get("command", "emu");
    return new vscode.DebugAdapterExecutable(command.replaceAll(FOLDER, folder), ["debug", "--dap"]);
  },
};

const configurations = {
  /** Offers a configuration for each ROM of the workspace. */
  provideDebugConfigurations(folder) {
    const root = folder?.uri.fsPath;
    return root === undefined ? [] : findRoms(root).map((program) => launch(`Debug ${program}`, program));
  },

  /** Without a launch.json, F5 debugs the only ROM of the workspace. */
  resolveDebugConfiguration(folder, configuration) {
    const root = folder?.uri.fsPath;
    if (configuration.type !== undefined) return { cwd: root, ...configuration };
    const roms = root === undefined ? [] : findRoms(root);
    if (roms.length === 1) return { cwd: root, ...launch("Debug game", roms[0]) };
    void vscode.window.showErrorMessage(
      roms.length === 0
        ? "emu: found no ROM in this folder: build it first."
        : "emu: there are several ROMs: choose one in launch.json.",
    );
    return undefined;
  },
};

function launch(name, program) {
  return { type: "emu", request: "launch", name, program: `${FOLDER}/${program}`, watch: true };
}

/** ROMs in the folders that builds write to, relative to `root`. */
function findRoms(root) {
  return BUILD_FOLDERS.flatMap((folder) => {
    const path = join(root, folder);
    if (!existsSync(path)) return [];
    const names = readdirSync(path).filter((name) => /\.nes$/i.test(name));
    return names.map((name) => (folder === "." ? name : `${folder}/${name}`));
  });
}

/** A panel with the picture of a session. The page scales it by whole pixels and asks for nothing else. */
class PicturePanel {
  #panel;
  #timer;
  #isAsking = false;

  show() {
    if (this.#panel !== undefined) {
      this.#panel.reveal(undefined, true);
      return;
    }
    const column = { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true };
    this.#panel = vscode.window.createWebviewPanel("emu.picture", "NES", column, { enableScripts: true });
    this.#panel.webview.html = PAGE;
    this.#panel.onDidDispose(() => {
      clearInterval(this.#timer);
      this.#panel = undefined;
    });
    this.#timer = setInterval(() => void this.#update(), PICTURE_EVERY_MS);
  }

  async #update() {
    const session = vscode.debug.activeDebugSession;
    if (session?.type !== "emu" || this.#isAsking || this.#panel?.visible !== true) return;
    this.#isAsking = true;
    try {
      const { png } = await session.customRequest("picture");
      await this.#panel?.webview.postMessage(png);
    } catch {
      // The game has not been loaded yet, or has just ended.
    } finally {
      this.#isAsking = false;
    }
  }
}

const PAGE = `<!doctype html><html><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<style>body { margin: 0; display: grid; place-items: center; height: 100vh; }
img { image-rendering: pixelated; width: min(100vw, 106.67vh); }</style></head>
<body><img alt="The game's picture">
<script>addEventListener("message", ({ data }) => { document.images[0].src = "data:image/png;base64," + data; });</script>
</body></html>`;

function activate(context) {
  const picture = new PicturePanel();
  const tests = new GameTests(context);
  void tests.discover();
  context.subscriptions.push(
    vscode.debug.registerDebugAdapterDescriptorFactory("emu", adapters),
    vscode.debug.registerDebugConfigurationProvider("emu", configurations),
    vscode.debug.registerDebugConfigurationProvider(
      "emu",
      configurations,
      vscode.DebugConfigurationProviderTriggerKind.Dynamic,
    ),
    vscode.commands.registerCommand("emu.showPicture", () => picture.show()),
    vscode.debug.onDidStartDebugSession((session) => {
      const isWanted = vscode.workspace.getConfiguration("emu").get("showPicture", true);
      if (session.type === "emu" && isWanted) picture.show();
    }),
  );
  return tests;
}

module.exports = { activate, deactivate() {} };
