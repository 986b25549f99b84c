/** Shows the tests of a game that use emuterm in the test explorer, and runs them with Bun. */
const { spawn } = require("node:child_process");
const { existsSync, mkdtempSync, readFileSync, rmSync } = require("node:fs");
const { tmpdir } = require("node:os");
const { isAbsolute, join } = require("node:path");
const vscode = require("vscode");

const TEST_FILES = "**/*.{test,spec}.{ts,tsx,js,mjs,cjs}";
const EXCLUDED = "**/node_modules/**";
/** What builds write: in continuous runs, tests run again when it changes. */
const BUILT_FILES = "**/*.{nes,fds,unf,dbg,mlb,nl}";
const SETTLE_MS = 200;
const IMPORTS_EMUTERM = /(?:from|import|require)\s*\(?\s*["']emuterm(?:\/[\w-]+)?["']/;
const TEST_CALL = /^\s*(?:test|it)(?:\.\w+(?:\([^"'`]*\))?)*\s*\(\s*(["'`])((?:\\.|(?!\1).)*)\1/;

/** The tests in the text of a file: name, and line from 1. */
function testsIn(text) {
  return text.split("\n").flatMap((line, at) => {
    const name = TEST_CALL.exec(line)?.[2];
    return name === undefined ? [] : [{ name, line: at + 1 }];
  });
}

const ENTITIES = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

function unescapeXml(text) {
  return text.replace(/&(#x[\da-f]+|#\d+|\w+);/gi, (whole, name) => {
    if (!name.startsWith("#")) return ENTITIES[name] ?? whole;
    return String.fromCodePoint(name[1] === "x" ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1)));
  });
}

/** The value of an attribute of an XML element. */
function attribute(element, name) {
  return unescapeXml(new RegExp(`\\s${name}="([^"]*)"`).exec(element)?.[1] ?? "");
}

/**
 * The results in a report of `bun test --reporter=junit`: file, line, name, seconds, and the outcome "passed",
 * "failed" with a message, or "skipped".
 */
function resultsOf(xml) {
  return [...xml.matchAll(/<testcase\b([^>]*?)(?:\/>|>([\s\S]*?)<\/testcase>)/g)].map(
    ([, attributes, content = ""]) => {
      const failure = /<(?:failure|error)\b([^>]*?)(?:\/>|>([\s\S]*?)<\/(?:failure|error)>)/.exec(content);
      const message =
        failure === null ? "" : unescapeXml(failure[2] ?? "").trim() || attribute(failure[1], "message");
      return {
        file: attribute(attributes, "file"),
        line: Number(attribute(attributes, "line")),
        name: attribute(attributes, "name"),
        seconds: Number(attribute(attributes, "time")),
        outcome: failure !== null ? "failed" : /<skipped\b/.test(content) ? "skipped" : "passed",
        message,
      };
    },
  );
}

/** Traces and pictures that a failure names, as absolute paths. */
function artifactsIn(message, root) {
  const paths = [...message.matchAll(/[^\s"'()]+\.(?:emutrace|png)\b/g)].map(([path]) =>
    isAbsolute(path) ? path : join(root, path),
  );
  return [...new Set(paths)].filter((path) => existsSync(path));
}

/** Where a failure is in a file: the line of the first stack frame there, from 1. */
function failureLine(message, file) {
  const escaped = file.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return Number(new RegExp(`${escaped}:(\\d+)`).exec(message)?.[1] ?? Number.NaN);
}

/** The pattern that selects the test of a name, in which %d, $name and ${…} stand for anything. */
function patternOf(name) {
  const parts = name.split(/%[a-zA-Z]|\$\{[^}]*\}|\$[\w.]+/);
  return `${parts.map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join(".*")}$`;
}

class GameTests {
  #controller = vscode.tests.createTestController("emu", "NES game tests");
  #files = new Map();

  constructor(context) {
    const controller = this.#controller;
    controller.refreshHandler = () => this.discover();
    controller.resolveHandler = (item) => (item === undefined ? this.discover() : undefined);
    const profile = controller.createRunProfile(
      "Run",
      vscode.TestRunProfileKind.Run,
      (request, token) => this.#start(request, token),
      true,
    );
    profile.supportsContinuousRun = true;
    const watcher = vscode.workspace.createFileSystemWatcher(TEST_FILES);
    context.subscriptions.push(
      controller,
      watcher,
      watcher.onDidCreate((uri) => this.#read(uri)),
      watcher.onDidChange((uri) => this.#read(uri)),
      watcher.onDidDelete((uri) => this.#remove(uri)),
      vscode.commands.registerCommand("emu.openArtifact", openArtifact),
    );
  }

  async discover() {
    const uris = await vscode.workspace.findFiles(TEST_FILES, EXCLUDED);
    for (const id of this.#files.keys())
      if (!uris.some((uri) => uri.toString() === id)) this.#remove(vscode.Uri.parse(id));
    for (const uri of uris) this.#read(uri);
  }

  #remove(uri) {
    this.#controller.items.delete(uri.toString());
    this.#files.delete(uri.toString());
  }

  /** Lists the tests of a file that imports emuterm; others are not ours. */
  #read(uri) {
    const text = existsSync(uri.fsPath) ? readFileSync(uri.fsPath, "utf8") : "";
    if (!IMPORTS_EMUTERM.test(text) || /[\\/]node_modules[\\/]/.test(uri.fsPath)) {
      this.#remove(uri);
      return;
    }
    const id = uri.toString();
    const item = this.#controller.createTestItem(id, vscode.workspace.asRelativePath(uri), uri);
    item.children.replace(testsIn(text).map(({ name, line }) => this.#test(uri, name, line)));
    this.#controller.items.add(item);
    this.#files.set(id, item);
  }

  #test(uri, name, line) {
    const item = this.#controller.createTestItem(`${uri.toString()}#${line}`, name, uri);
    item.range = new vscode.Range(line - 1, 0, line - 1, 0);
    return item;
  }

  async #start(request, token) {
    if (request.continuous !== true) {
      await this.#run(request, token);
      return;
    }
    let timer;
    let current = Promise.resolve();
    const again = () => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        current = current.then(() => this.#run(request, token));
      }, SETTLE_MS);
    };
    const watchers = [BUILT_FILES, TEST_FILES].map((files) =>
      vscode.workspace.createFileSystemWatcher(files),
    );
    for (const watcher of watchers) {
      watcher.onDidCreate(again);
      watcher.onDidChange(again);
    }
    token.onCancellationRequested(() => {
      clearTimeout(timer);
      for (const watcher of watchers) watcher.dispose();
    });
    again();
  }

  async #run(request, token) {
    if (token.isCancellationRequested) return;
    const wanted = request.include ?? [...this.#files.values()];
    const excluded = new Set((request.exclude ?? []).map(({ id }) => id));
    const run = this.#controller.createTestRun(request);
    /** Files to run, with the tests that are wanted; undefined for all of a file. */
    const files = new Map();
    for (const item of wanted.filter(({ id }) => !excluded.has(id))) {
      const file = item.parent ?? item;
      const before = files.get(file.id);
      if (item.parent === undefined) files.set(file.id, { file, tests: undefined });
      else if (before === undefined) files.set(file.id, { file, tests: [item] });
      else before.tests?.push(item);
    }
    for (const { file, tests } of files.values()) {
      if (token.isCancellationRequested) break;
      await this.#runFile(run, file, tests, excluded, token);
    }
    run.end();
  }

  async #runFile(run, file, tests, excluded, token) {
    const all = [...file.children].map(([, item]) => item);
    const items = (tests ?? all).filter(({ id }) => !excluded.has(id));
    for (const item of items) run.started(item);
    const root = vscode.workspace.getWorkspaceFolder(file.uri)?.uri.fsPath ?? join(file.uri.fsPath, "..");
    const folder = mkdtempSync(join(tmpdir(), "emu-vscode-"));
    const report = join(folder, "report.xml");
    const pattern = tests === undefined ? [] : ["-t", tests.map(({ label }) => patternOf(label)).join("|")];
    const argv = ["test", file.uri.fsPath, ...pattern, "--reporter=junit", `--reporter-outfile=${report}`];
    try {
      const { output, code } = await runBun(argv, root, token);
      run.appendOutput(output.replace(/\r?\n/g, "\r\n"));
      const results = existsSync(report) ? resultsOf(readFileSync(report, "utf8")) : [];
      for (const item of items) this.#report(run, item, results, { root, output, code });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  /** Reports a test. Several results on its line are those of a table. */
  #report(run, item, results, { root, output, code }) {
    const line = item.range.start.line + 1;
    const own = results.filter((result) => result.line === line);
    const failed = own.filter(({ outcome }) => outcome === "failed");
    const duration = 1000 * own.reduce((sum, { seconds }) => sum + seconds, 0);
    if (failed.length > 0) {
      const messages = failed.map(({ name, message }) =>
        messageOf(own.length > 1 ? `${name}\n${message}` : message, message, item, root),
      );
      run.failed(item, messages, duration);
    } else if (own.some(({ outcome }) => outcome === "passed")) run.passed(item, duration);
    else if (own.length > 0 || code === 0) run.skipped(item);
    else run.errored(item, new vscode.TestMessage(output.trim() || `bun test has ended with code ${code}`));
  }
}

function messageOf(text, failure, item, root) {
  const markdown = new vscode.MarkdownString();
  markdown.appendCodeblock(text);
  const artifacts = artifactsIn(text, root);
  for (const path of artifacts) {
    const label = path.endsWith(".png") ? "Open the picture" : "Open the trace";
    markdown.appendMarkdown(
      `\n[${label}](command:emu.openArtifact?${encodeURIComponent(JSON.stringify([path]))})`,
    );
  }
  markdown.isTrusted = { enabledCommands: ["emu.openArtifact"] };
  const message = new vscode.TestMessage(artifacts.length > 0 ? markdown : text);
  const line =
    failureLine(failure, item.uri.fsPath) || failureLine(failure, item.uri.fsPath.split(/[\\/]/).at(-1));
  const at = line > 0 ? line - 1 : item.range.start.line;
  message.location = new vscode.Location(item.uri, new vscode.Position(at, 0));
  return message;
}

/** Opens a picture in the editor, and a trace as a page in the browser. */
async function openArtifact(path) {
  if (path.endsWith(".png")) {
    await vscode.commands.executeCommand("vscode.open", vscode.Uri.file(path));
    return;
  }
  const root = vscode.workspace.getWorkspaceFolder(vscode.Uri.file(path))?.uri.fsPath ?? ".";
  const { output, code } = await runProgram(command("command", "emu", root), ["trace", "show", path], root);
  const page = output.trim().split("\n").at(-1);
  if (code === 0) await vscode.env.openExternal(vscode.Uri.file(isAbsolute(page) ? page : join(root, page)));
  else void vscode.window.showErrorMessage(output.trim() || "emu trace has failed");
}

function command(setting, usual, root) {
  const text = vscode.workspace.getConfiguration("emu").get(setting, usual);
  return text.replaceAll(`$${"{workspaceFolder}"}`, root);
}

function runBun(argv, root, token) {
  return runProgram(command("bun", "bun", root), argv, root, token);
}

/** Runs a program; what it prints and its exit code. Code 127: it could not be started. */
function runProgram(program, argv, cwd, token) {
  return new Promise((resolve) => {
    let output = "";
    const child = spawn(program, argv, { cwd, env: { ...process.env, NO_COLOR: "1" } });
    const stop = token?.onCancellationRequested(() => child.kill());
    const take = (bytes) => {
      output += bytes;
    };
    child.stdout.on("data", take);
    child.stderr.on("data", take);
    child.on("error", (error) => resolve({ output: `${program}: ${error.message}`, code: 127 }));
    child.on("close", (code) => {
      stop?.dispose();
      resolve({ output, code: code ?? 1 });
    });
  });
}

module.exports = { GameTests };
