/** Firefox without a window, controlled over WebDriver BiDi: https://w3c.github.io/webdriver-bidi/ */
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const CANDIDATES = [process.env.FIREFOX, "/usr/bin/firefox-esr", "/usr/bin/firefox"];

/** The path of Firefox, or undefined: tests that need it are then skipped visibly. */
export const FIREFOX: string | undefined = CANDIDATES.find((path) => path !== undefined && existsSync(path));

/** Sound may start without a click, and nothing is downloaded or reported. */
const PREFERENCES = `user_pref("media.autoplay.default", 0);
user_pref("browser.shell.checkDefaultBrowser", false);
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("toolkit.telemetry.enabled", false);
user_pref("app.update.enabled", false);
user_pref("network.captive-portal-service.enabled", false);
user_pref("network.connectivity-service.enabled", false);
user_pref("remote.prefs.recommended", true);
`;

interface Pending {
  readonly resolve: (result: Record<string, unknown>) => void;
  readonly reject: (error: Error) => void;
}

/** A page in a separate Firefox. */
export class FirefoxPage {
  readonly #process: Bun.Subprocess;
  readonly #folder: string;
  readonly #socket: WebSocket;
  readonly #pending = new Map<number, Pending>();
  #id = 0;
  #context = "";

  private constructor(process: Bun.Subprocess, folder: string, socket: WebSocket) {
    this.#process = process;
    this.#folder = folder;
    this.#socket = socket;
    socket.onmessage = ({ data }) => {
      const { id, type, result, error, message } = JSON.parse(String(data));
      const pending = this.#pending.get(id);
      if (type === "error") pending?.reject(new Error(`${error}: ${message}`));
      else if (type === "success") pending?.resolve(result);
    };
  }

  static async open(url: string): Promise<FirefoxPage> {
    const folder = mkdtempSync(join(tmpdir(), "emu-firefox-"));
    await Bun.write(join(folder, "user.js"), PREFERENCES);
    const argv = ["--headless", "--no-remote", "--profile", folder, "--remote-debugging-port", "0"];
    const child = Bun.spawn([FIREFOX!, ...argv, "about:blank"], {
      stdout: "ignore",
      stderr: "pipe",
      env: {
        ...process.env,
        HOME: folder,
        TMPDIR: folder,
        XDG_RUNTIME_DIR: folder,
        MOZ_HEADLESS_WIDTH: "1280",
        MOZ_HEADLESS_HEIGHT: "800",
      },
    });
    const socket = new WebSocket(`${await bidiAddress(child.stderr)}/session`);
    await new Promise((resolve, reject) => {
      socket.onopen = resolve;
      socket.onerror = reject;
    });
    const page = new FirefoxPage(child, folder, socket);
    await page.send("session.new", { capabilities: {} });
    const { contexts } = await page.send("browsingContext.getTree");
    page.#context = (contexts as { context: string }[])[0]!.context;
    await page.navigate(url);
    return page;
  }

  /** Process id of the browser. */
  get pid(): number {
    return this.#process.pid;
  }

  /** Sends a BiDi command. */
  send(method: string, params: object = {}): Promise<Record<string, unknown>> {
    const id = ++this.#id;
    this.#socket.send(JSON.stringify({ id, method, params }));
    return new Promise((resolve, reject) => this.#pending.set(id, { resolve, reject }));
  }

  async navigate(url: string): Promise<void> {
    await this.send("browsingContext.navigate", { context: this.#context, url, wait: "complete" });
  }

  /** Runs `source`, the text of a function, in every later page before its own scripts. */
  async beforeScripts(source: string): Promise<void> {
    await this.send("script.addPreloadScript", { functionDeclaration: source });
  }

  /** The value of an expression in the page, passed as JSON. */
  async evaluate(expression: string): Promise<unknown> {
    const { type, result, exceptionDetails } = await this.send("script.evaluate", {
      expression: `(async () => JSON.stringify(await (${expression})))()`,
      target: { context: this.#context },
      awaitPromise: true,
    });
    if (type === "exception") throw new Error((exceptionDetails as { text: string }).text);
    const { value } = result as { value?: string };
    return value === undefined ? undefined : JSON.parse(value);
  }

  /** Waits until an expression is true in the page. */
  async until(expression: string): Promise<void> {
    while ((await this.evaluate(`Boolean(${expression})`)) !== true) await Bun.sleep(50);
  }

  /** Presses or releases a key, given as the character or WebDriver's code of it. */
  async key(type: "keyDown" | "keyUp", value: string): Promise<void> {
    await this.#perform({ type: "key", id: "keyboard", actions: [{ type, value }] });
  }

  /** Presses and releases the left button in the middle of an element. */
  async click(selector: string): Promise<void> {
    const { x, y } = (await this.evaluate(
      `(box => ({ x: Math.round(box.x + box.width / 2), y: Math.round(box.y + box.height / 2) }))(document.querySelector(${JSON.stringify(selector)}).getBoundingClientRect())`,
    )) as { x: number; y: number };
    const actions = [
      { type: "pointerMove", x, y },
      { type: "pointerDown", button: 0 },
      { type: "pointerUp", button: 0 },
    ];
    await this.#perform({ type: "pointer", id: "mouse", actions });
  }

  async #perform(source: object): Promise<void> {
    await this.send("input.performActions", { context: this.#context, actions: [source] });
  }

  async close(): Promise<void> {
    this.#socket.close();
    this.#process.kill();
    await this.#process.exited;
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}

async function bidiAddress(stderr: ReadableStream<Uint8Array>): Promise<string> {
  const reader = stderr.getReader();
  const decoder = new TextDecoder();
  let text = "";
  for (;;) {
    const address = /WebDriver BiDi listening on (ws:\/\/\S+)/.exec(text)?.[1];
    if (address !== undefined) {
      // Read later output, so that it does not fill the pipe.
      void (async () => {
        while (!(await reader.read()).done);
      })();
      return address;
    }
    const { value, done } = await reader.read();
    if (done) throw new Error(`Firefox did not start: ${text}`);
    text += decoder.decode(value);
  }
}
