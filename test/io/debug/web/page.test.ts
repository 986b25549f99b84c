/** The debugger's page in a real browser. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import {
  EVENT_ADDRESS,
  EVENT_DOT,
  EVENT_LINE,
  FRAME_EVENT_BYTES,
} from "../../../../src/io/debug/web/protocol.ts";
import { BrowserPage, CHROMIUM } from "../../../support/chromium.ts";
import { buildExample, canBuildExamples } from "../../../support/debug.ts";
import { startDebugger, type TestDebugger, WEB_TOKEN } from "../../../support/web-debugger.ts";

/** In the page: records all complaints of the browser. */
const WATCH = `globalThis.complaints = [];
for (const type of ["securitypolicyviolation", "error", "unhandledrejection"])
  addEventListener(type, (event) => complaints.push(type + ": " + (event.violatedDirective ?? event.message ?? event.reason)));`;
const SHIFT = 8;
const STATE = "emuDebug.store.value.state";

describe.skipIf(CHROMIUM === undefined || !canBuildExamples)("in Chromium", () => {
  let example: ReturnType<typeof buildExample>;
  let debug: TestDebugger;
  let page: BrowserPage;

  beforeAll(async () => {
    example = buildExample("ca65-game");
    debug = await startDebugger(example.rom, { withPage: true });
    page = await BrowserPage.open("about:blank");
    await page.send("Page.enable");
    await page.send("Page.addScriptToEvaluateOnNewDocument", { source: WATCH });
    const size = { width: 1440, height: 900, deviceScaleFactor: 1, mobile: false };
    await page.send("Emulation.setDeviceMetricsOverride", size);
    await page.send("Page.navigate", { url: `${debug.url}#token=${WEB_TOKEN}` });
    await page.until("document.querySelector('#code .codeRow[data-current=true]')");
  });
  afterAll(async () => {
    await page.close();
    await debug.close();
    example.remove();
  });

  /** Presses and releases a key. */
  async function press(key: string, modifiers = 0): Promise<void> {
    const typed = key === "Enter" ? "\r" : key;
    const text = typed.length === 1 && modifiers === 0 ? { text: typed } : {};
    // Dialogs heed only the code of Escape.
    const code = key === "Escape" ? { windowsVirtualKeyCode: 27 } : {};
    for (const type of ["keyDown", "keyUp"]) {
      const only = type === "keyDown" ? text : {};
      await page.send("Input.dispatchKeyEvent", { type, key, modifiers, ...code, ...only });
    }
  }

  /** Clicks at a point of the window. */
  async function clickAt(x: number, y: number): Promise<void> {
    for (const type of ["mousePressed", "mouseReleased"])
      await page.send("Input.dispatchMouseEvent", { type, x, y, button: "left", clickCount: 1 });
  }

  /** Waits until the viewers show the state in which the program stands. */
  async function untilDrawn(): Promise<void> {
    await page.until(`emuDebug.snapshots.latest.header.position === ${STATE}.position`);
    await page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))");
  }

  const position = async (): Promise<number> => (await page.evaluate(`${STATE}.position`)) as number;

  test("a breakpoint is set by clicking a line, hit, and stepped back from", async () => {
    await press("g");
    await page.send("Input.insertText", { text: "nmi" });
    await press("Enter");
    const row = "#code .codeRow[data-shown=true]";
    await page.until(`document.querySelector('${row}')`);
    const line = await page.evaluate(`document.querySelector('${row}').dataset.line`);
    await page.click(`${row} .gutter`);
    await page.until(`document.querySelector('${row} [data-breakpoint=on]')`);
    await press("Escape");
    await press("F5");
    await page.until(`document.querySelector('#code [data-current=true][data-line="${line}"]')`);
    expect(await page.evaluate(`${STATE}.stop.reason`)).toBe("breakpoint");
    expect(await page.evaluate(`${STATE}.breakpoints[0].hits`)).toBe(1);
    const here = await position();
    await page.evaluate("document.activeElement.blur()");
    await press("N", SHIFT);
    await page.until(`${STATE}.moving === undefined && ${STATE}.position < ${here}`);
    expect(await page.evaluate(`${STATE}.stack[0].name`)).toBe("reset");
    await press("n");
    await page.until(`${STATE}.moving === undefined && ${STATE}.position === ${here}`);
    await page.click(`#code [data-line="${line}"] .gutter`);
    await page.until(`${STATE}.breakpoints.length === 0`);
  });

  test("an event is clicked: the program goes there, and its line is shown", async () => {
    for (let count = 0; count < 2; count++) {
      const frame = (await page.evaluate(`${STATE}.frame`)) as number;
      await press("f");
      await page.until(`${STATE}.moving === undefined && ${STATE}.frame > ${frame}`);
    }
    await untilDrawn();
    const [x, y] = (await page.evaluate(`(() => {
      const { events } = emuDebug.snapshots.latest;
      const box = document.querySelector("#events").getBoundingClientRect();
      for (let at = 0; at < events.byteLength; at += ${FRAME_EVENT_BYTES}) {
        if (events.getUint16(at + ${EVENT_ADDRESS}, true) !== 0x4014) continue;
        const [dot, line] = [events.getUint16(at + ${EVENT_DOT}, true), events.getUint16(at + ${EVENT_LINE}, true)];
        return [box.x + (dot + 0.5) * box.width / 341, box.y + (line + 0.5) * box.height / 262];
      }
    })()`)) as [number, number];
    await clickAt(x, y);
    await page.until(
      "document.querySelector('#code [data-current=true]')?.textContent.includes('sta OAMDMA')",
    );
    expect(await page.evaluate(`${STATE}.stop.reason`)).toBe("goto");
  });

  test("a breakpoint and a watch are typed; a watch that cannot be read stays to be corrected", async () => {
    await press("b");
    await page.send("Input.insertText", { text: "read_pad" });
    await press("Enter");
    await page.until("document.querySelector('.breakpoints').textContent.includes('read_pad')");
    await page.until(
      "document.activeElement.id === 'breakpoint-place' && document.activeElement.value === ''",
    );
    await page.click("[aria-label='Remove read_pad']");
    await page.evaluate("document.activeElement.blur()");
    await press("w");
    await page.send("Input.insertText", { text: "1 +" });
    await press("Enter");
    await page.until("/a value was expected/.test(document.querySelector('.notice')?.textContent)");
    expect(await page.evaluate("document.activeElement.value")).toBe("1 +");
    await page.click("[aria-label='Close this message']");
    await page.send("Input.insertText", { text: " 1" });
    await press("Enter");
    await page.until("document.querySelector('.watches').textContent.includes('1 + 1')");
    await page.until("document.activeElement.value === ''");
    await press("Escape");
  });

  test("a byte is edited by typing", async () => {
    const { session } = debug.game;
    await page.click('.byte[data-at="21"]');
    await press("4");
    await press("b");
    await page.until("document.querySelector('.byte[data-at=\"21\"]').textContent === '4B'");
    expect(session.nes.peek("cpu", 21)).toBe(0x4b);
    await page.until("document.querySelector('#memory').getAttribute('aria-label').includes('$0016')");
  });

  test("the byte's menu tells who wrote it", async () => {
    const { x, y } = await page.middleOf('.byte[data-at="17"]');
    for (const type of ["mousePressed", "mouseReleased"])
      await page.send("Input.dispatchMouseEvent", { type, x, y, button: "right", clickCount: 1 });
    await page.until("document.activeElement.textContent === 'Who wrote this byte?'");
    await press("ArrowDown");
    await page.until("document.activeElement.textContent === 'Stop at writes'");
    await press("ArrowUp");
    await page.until("document.activeElement.textContent === 'Who wrote this byte?'");
    await press("Enter");
    await page.until("document.querySelector('.menu') === null");
    await page.until("/wrote|nothing has written/.test(document.querySelector('.notice')?.textContent)");
  });

  test("the code keeps the focus when source and disassembly change, and a line has a menu", async () => {
    await untilDrawn();
    await page.evaluate("document.querySelector('#code').focus()");
    for (const shown of ["disassembly", "source"]) {
      const value = shown === "source" ? "(list.options[1].value)" : '""';
      await page.evaluate(`{
        const list = document.querySelector(".code select");
        list.value = ${value};
        list.dispatchEvent(new Event("change", { bubbles: true }));
      }`);
      await page.until(`document.activeElement.id === "code" && document.querySelector("#code.${shown}")`);
    }
    // The source arrives later than its list.
    await page.until("document.querySelector('#code [aria-selected=true]')");
    await press("ContextMenu");
    await page.until("document.activeElement.role === 'menuitem'");
    await press("Escape");
    await page.until("document.querySelector('.menu') === null && document.activeElement.id === 'code'");
  });

  test("the picture takes keys while it has the focus", async () => {
    const held = (): number => debug.game.session.timeline.held;
    const shape = "(({ width, height }) => width / height)";
    const drawn = await page.evaluate(`${shape}(document.querySelector("#screen").getBoundingClientRect())`);
    expect(drawn).toBeCloseTo((256 * 8) / 7 / 240, 2);
    await page.click("#screen");
    await page.key("keyDown", "Enter");
    while (held() !== 8) await Bun.sleep(1);
    await press("Escape");
    while (held() !== 0) await Bun.sleep(1);
    expect(await page.evaluate("document.activeElement.id")).toBe("code");
  });

  test("every viewer opens, and keys are listed", async () => {
    for (const key of ["4", "5", "6", "7", "8"]) await press(key);
    await page.until("document.querySelectorAll('.viewer').length === 8");
    await page.until("document.querySelectorAll('.swatch').length === 32");
    await page.until("document.querySelectorAll('.traceRow').length > 10");
    for (const key of ["4", "5", "6", "7", "8"]) await press(key);
    await press("?");
    await page.until("document.querySelector('dialog').open");
    await press("Escape");
    await page.until("!document.querySelector('dialog').open");
  });

  test("every control has a name, and the page fits the window", async () => {
    const nameless = `[...document.querySelectorAll("button, input, select")].filter((element) =>
      !(element.ariaLabel || element.textContent.trim() || element.labels?.length)).map((element) => element.outerHTML)`;
    expect(await page.evaluate(nameless)).toEqual([]);
    for (const [width, height] of [
      [1440, 900],
      [1024, 700],
    ]) {
      await page.send("Emulation.setDeviceMetricsOverride", {
        width,
        height,
        deviceScaleFactor: 1,
        mobile: false,
      });
      const { scrollWidth, scrollHeight } = (await page.evaluate(
        "(({ scrollWidth, scrollHeight }) => ({ scrollWidth, scrollHeight }))(document.documentElement)",
      )) as { scrollWidth: number; scrollHeight: number };
      expect([scrollWidth, scrollHeight]).toEqual([width!, height!]);
    }
  });

  test("the page connects again after the connection was lost, and finds the program where it was", async () => {
    const here = await position();
    await page.evaluate("emuDebug.link.request('find', { text: 'a'.repeat(70_000) }).catch(() => {})");
    await page.until("emuDebug.store.value.status !== 'open'");
    await page.until("emuDebug.store.value.status === 'open'");
    await page.until("document.querySelector('.banner') === null");
    expect(await position()).toBe(here);
  });

  test("the browser has no complaints, and nothing was a bug", async () => {
    expect(await page.evaluate("complaints")).toEqual([]);
    expect(debug.bugs).toEqual([]);
  });
});
