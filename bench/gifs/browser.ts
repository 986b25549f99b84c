import { join } from "node:path";
import { BrowserPage } from "../../test/support/chromium.ts";
import { buildExample } from "../../test/support/debug.ts";
import { Recording } from "./gif.ts";

const ROOT = join(import.meta.dir, "../..");
const WIDTH = 1200;
const HEIGHT = 760;
const STATE = "emuDebug.store.value.state";
/** Shown of a running game: pictures, one each tenth of a second. */
const RUNNING_PICTURES = 8;

/** Records a session in the debugger's page: a breakpoint, steps in both directions, an event, a byte. */
export async function recordBrowser(path: string): Promise<void> {
  const { rom, remove } = buildExample("ca65-game");
  const child = Bun.spawn([process.execPath, "src/cli/main.ts", "debug", rom, "--no-open"], {
    cwd: ROOT,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const { value } = await child.stdout.getReader().read();
  const page = await BrowserPage.open("about:blank");
  const recording = new Recording();
  const hold = async (seconds: number) => recording.add(await page.screenshot(), seconds);
  const press = async (key: string, isShifted = false): Promise<void> => {
    const modifiers = isShifted ? 8 : 0;
    const event = { key: isShifted ? key.toUpperCase() : key, modifiers };
    const text = isShifted ? {} : { text: key === "Enter" ? "\r" : key };
    await page.send("Input.dispatchKeyEvent", { type: "keyDown", ...event, ...text });
    await page.send("Input.dispatchKeyEvent", { type: "keyUp", ...event });
  };
  /** Waits until the program stands and its picture has been drawn. */
  const settle = async (): Promise<void> => {
    await page.until(`${STATE}.moving === undefined`);
    await page.until(`emuDebug.snapshots.latest.header.position === ${STATE}.position`);
    await page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))");
  };
  const move = async (key: string, shift = false): Promise<void> => {
    await page.evaluate(`{ globalThis.before = ${STATE}.stop }`);
    await press(key, shift);
    await page.until(`${STATE}.moving === undefined && ${STATE}.stop !== globalThis.before`);
    await settle();
    await hold(0.7);
  };
  try {
    await page.send("Emulation.setDeviceMetricsOverride", {
      width: WIDTH,
      height: HEIGHT,
      deviceScaleFactor: 1,
      mobile: false,
    });
    await page.send("Emulation.setEmulatedMedia", {
      features: [{ name: "prefers-color-scheme", value: "dark" }],
    });
    await page.send("Page.navigate", {
      url: new TextDecoder().decode(value).replace("debugger: ", "").trim(),
    });
    await page.until("document.querySelector('#code .codeRow[data-current=true]')");
    await page.evaluate(`for (const button of document.querySelectorAll(".switches button")) {
      const wanted = ["events", "memory"].includes(button.textContent.toLowerCase());
      if (wanted !== (button.ariaPressed === "true")) button.click();
    }`);
    await hold(1);
    await press("c");
    for (let count = 0; count < RUNNING_PICTURES; count++) await hold(0.1);
    await press("c");
    await settle();
    await hold(0.8);
    await press("g");
    await page.send("Input.insertText", { text: "tick" });
    await press("Enter");
    const row = "#code .codeRow[data-shown=true]";
    await page.until(`document.querySelector('${row}')`);
    await hold(0.8);
    await page.click(`${row} .gutter`);
    await page.until(`document.querySelector('${row} [data-breakpoint=on]')`);
    await hold(0.8);
    await page.evaluate("document.activeElement.blur()");
    await move("c");
    for (let count = 0; count < 3; count++) await move("n");
    for (let count = 0; count < 4; count++) await move("n", true);
    await move("f", true);
    await move("y");
    await move("y");
    await move("c", true);
    await hold(1.5);
  } finally {
    await page.close();
    child.kill();
    await child.exited;
    remove();
  }
  await recording.write(path, WIDTH);
}
