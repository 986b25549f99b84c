/** A real browser without a window, controlled over its DevTools protocol. */
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const CANDIDATES = [
  process.env.CHROMIUM,
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
];

/** The path of Chromium, or undefined: tests that need it are then skipped visibly. */
export const CHROMIUM: string | undefined = CANDIDATES.find((path) => path !== undefined && existsSync(path));

interface Pending {
  readonly resolve: (result: Record<string, unknown>) => void;
  readonly reject: (error: Error) => void;
}

/** A page in a separate browser. */
export class BrowserPage {
  readonly #process: Bun.Subprocess;
  readonly #folder: string;
  readonly #socket: WebSocket;
  readonly #pending = new Map<number, Pending>();
  #id = 0;

  private constructor(process: Bun.Subprocess, folder: string, socket: WebSocket) {
    this.#process = process;
    this.#folder = folder;
    this.#socket = socket;
    socket.onmessage = ({ data }) => {
      const { id, result, error } = JSON.parse(String(data));
      const pending = this.#pending.get(id);
      if (error !== undefined) pending?.reject(new Error(error.message));
      else pending?.resolve(result);
    };
  }

  static async open(url: string): Promise<BrowserPage> {
    const folder = mkdtempSync(join(tmpdir(), "emu-chromium-"));
    const flags = [
      "--headless=new",
      "--no-sandbox",
      "--disable-gpu",
      "--no-first-run",
      "--window-size=800,700",
    ];
    const child = Bun.spawn(
      [CHROMIUM!, ...flags, `--user-data-dir=${folder}`, "--remote-debugging-port=0", url],
      // It leaves files in these folders when it is killed.
      {
        env: { ...process.env, HOME: folder, TMPDIR: folder, XDG_RUNTIME_DIR: folder },
        stdout: "ignore",
        stderr: "pipe",
      },
    );
    const port = await debuggingPort(child.stderr);
    const socket = new WebSocket(await pageAddress(port));
    await new Promise((resolve, reject) => {
      socket.onopen = resolve;
      socket.onerror = reject;
    });
    return new BrowserPage(child, folder, socket);
  }

  /** Sends a DevTools command. */
  send(method: string, params: object = {}): Promise<Record<string, unknown>> {
    const id = ++this.#id;
    this.#socket.send(JSON.stringify({ id, method, params }));
    return new Promise((resolve, reject) => this.#pending.set(id, { resolve, reject }));
  }

  /** The value of an expression in the page. */
  async evaluate(expression: string): Promise<unknown> {
    const { result } = await this.send("Runtime.evaluate", {
      expression,
      awaitPromise: true,
      returnByValue: true,
    });
    return (result as { value: unknown }).value;
  }

  /** Sends a key by its position ("KeyX"). */
  async key(type: "keyDown" | "keyUp", code: string): Promise<void> {
    await this.send("Input.dispatchKeyEvent", { type, code });
  }

  /** Presses and releases the left button in the middle of an element. */
  async click(selector: string): Promise<void> {
    const at = await this.middleOf(selector);
    for (const type of ["mousePressed", "mouseReleased"])
      await this.send("Input.dispatchMouseEvent", { type, ...at, button: "left", clickCount: 1 });
  }

  /** The middle of an element, in CSS pixels. */
  async middleOf(selector: string): Promise<{ x: number; y: number }> {
    const box = `document.querySelector(${JSON.stringify(selector)}).getBoundingClientRect()`;
    const [x, y] = (await this.evaluate(
      `(box => [box.x + box.width / 2, box.y + box.height / 2])(${box})`,
    )) as [number, number];
    return { x, y };
  }

  /** Waits until an expression is true in the page. */
  async until(expression: string): Promise<void> {
    while ((await this.evaluate(`Boolean(${expression})`)) !== true) await Bun.sleep(50);
  }

  /** Sets the fingers on a touch screen. */
  async touch(...points: readonly { x: number; y: number }[]): Promise<void> {
    const touchPoints = points.map((point, id) => ({ ...point, id }));
    await this.send("Input.dispatchTouchEvent", {
      type: points.length === 0 ? "touchEnd" : "touchStart",
      touchPoints,
    });
  }

  async screenshot(): Promise<Uint8Array> {
    const { data } = await this.send("Page.captureScreenshot", { format: "png" });
    return Uint8Array.fromBase64(String(data));
  }

  async close(): Promise<void> {
    this.#socket.close();
    this.#process.kill();
    await this.#process.exited;
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}

async function debuggingPort(stderr: ReadableStream<Uint8Array>): Promise<number> {
  const reader = stderr.getReader();
  const decoder = new TextDecoder();
  let text = "";
  for (;;) {
    const port = /DevTools listening on ws:\/\/[^:]+:(\d+)\//.exec(text)?.[1];
    if (port !== undefined) {
      // Read later output, so that it does not fill the pipe.
      void (async () => {
        while (!(await reader.read()).done);
      })();
      return Number(port);
    }
    const { value, done } = await reader.read();
    if (done) throw new Error(`the browser did not start: ${text}`);
    text += decoder.decode(value);
  }
}

async function pageAddress(port: number): Promise<string> {
  for (;;) {
    const targets = (await (await fetch(`http://127.0.0.1:${port}/json/list`)).json()) as {
      type: string;
      webSocketDebuggerUrl: string;
    }[];
    const page = targets.find(({ type }) => type === "page");
    if (page !== undefined) return page.webSocketDebuggerUrl;
    await Bun.sleep(50);
  }
}
