/** Exported pages in a real browser. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { BrowserPage, CHROMIUM } from "../../support/chromium.ts";
import { emu } from "../../support/cli.ts";
import { COMPARED_FRAMES, COMPARED_GAMES, COMPARED_INPUT } from "../../support/compared-games.ts";
import { PAD, PAGE_HASHES, padProgram, WATCH } from "../../support/exported-pages.ts";
import { SOAK } from "../../support/shared.ts";
import { soakSize } from "../../support/soak.ts";
import { ROOT } from "../../support/sources.ts";

const SWINGBY = join(ROOT, "roms/swingby.nes");
/** Chromium without a GPU draws WebGL slowly, so pages do not use it unless they take it for a GPU. */
const SLOW_WEBGL = `const { getContext } = HTMLCanvasElement.prototype;
const { getParameter } = WebGLRenderingContext.prototype;
WebGLRenderingContext.prototype.getParameter = function (name) {
  const value = getParameter.call(this, name);
  return String(value).includes("SwiftShader") ? "a GPU" : value;
};
HTMLCanvasElement.prototype.getContext = function (kind, options) {
  return getContext.call(this, kind, { ...options, failIfMajorPerformanceCaveat: false });
};`;
const NO_WEBGL = `const { getContext } = HTMLCanvasElement.prototype;
HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
  return kind === "webgl" ? null : getContext.call(this, kind, ...rest);
};`;

/** Maximum number of empty blocks of sound on a busy computer, of about 3,700 in ten seconds. */
const MAX_EMPTY_BLOCKS = 200;

describe.skipIf(CHROMIUM === undefined)("in Chromium", () => {
  const folder = mkdtempSync(join(tmpdir(), "emu-export-"));
  let page: BrowserPage;

  beforeAll(async () => {
    page = await BrowserPage.open("about:blank");
    await page.send("Page.enable");
    await page.send("Page.addScriptToEvaluateOnNewDocument", { source: WATCH });
    await Bun.write(join(folder, "pad.nes"), padProgram());
  });
  afterAll(async () => {
    await page.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Addresses of the pages by the arguments that made them. */
  const pages = new Map<string, string>();

  /** Exports a game, once for all tests, and returns the address of its page. */
  function exported(rom: string, ...options: string[]): string {
    const key = JSON.stringify([rom, ...options]);
    const known = pages.get(key);
    if (known !== undefined) return known;
    const out = join(folder, `game-${pages.size}.html`);
    const { exitCode, stderr } = emu(["export", rom, "--out", out, ...options]);
    expect([exitCode, stderr]).toEqual([0, ""]);
    const { href } = pathToFileURL(out);
    pages.set(key, href);
    return href;
  }

  async function open(url: string): Promise<void> {
    await page.evaluate("delete globalThis.emuPlayer");
    await page.send("Page.navigate", { url });
    await page.until("globalThis.emuPlayer");
  }

  async function play(): Promise<void> {
    await page.click("#play");
    await page.until("emuPlayer.nes.frame > 10");
  }

  const pad = (mask: number) => page.until(`emuPlayer.nes.peek(${PAD}) === ${mask}`);

  test.each(COMPARED_GAMES.map((rom) => [rom.split("/").at(-1)!, rom] as const))(
    "%s has the frames of emu dump",
    async (_, rom) => {
      const input = join(folder, "input.json");
      await Bun.write(input, COMPARED_INPUT);
      const dump = emu(["dump", rom, "--frames", `${COMPARED_FRAMES}`, "--format", "hash", "--input", input]);
      const expected = dump.stdout.toString().trim().split("\n");
      await open(exported(rom));
      const hashes = (await page.evaluate(PAGE_HASHES)) as string[];
      expect(new Set(expected.map((line) => line.split("\t")[1])).size).toBeGreaterThan(5);
      expect(hashes).toEqual(expected);
    },
  );

  test("plays with a controller, whatever device the header asks for", async () => {
    const rom = padProgram();
    const file = join(folder, "device.nes");
    rom[7] = (rom[7]! & 0xf0) | 8;
    // R.O.B. with gyros and with blocks, the Power Pad, Family BASIC's keyboard.
    for (const device of [31, 46, 11, 35]) {
      rom[15] = device;
      await Bun.write(file, rom);
      const out = join(folder, "game.html");
      const { exitCode, stderr } = emu(["export", file, "--out", out]);
      expect([device, exitCode, stderr]).toEqual([device, 0, expect.stringContaining("two controllers")]);
      await open(pathToFileURL(out).href);
      await play();
      await page.key("keyDown", "KeyX");
      await pad(0x80);
      await page.key("keyUp", "KeyX");
      await pad(0);
    }
  });

  test("without a GPU, it draws in 2D, and not the same picture twice", async () => {
    await open(exported(SWINGBY));
    expect(await page.evaluate("emuPlayer.picture.kind")).toBe("2d");
    const drawn = `(() => {
      const { picture } = emuPlayer;
      const { draw } = picture;
      let count = 0;
      picture.draw = () => { count++; draw.call(picture); };
      while (emuPlayer.nes.frame < 120) emuPlayer.nes.runFrame();
      emuPlayer.show();
      emuPlayer.show();
      emuPlayer.nes.setPalette({ saturation: 0 });
      emuPlayer.show();
      delete picture.draw;
      return count;
    })()`;
    expect(await page.evaluate(drawn)).toBe(2);
  });

  describe.each([
    ["webgl", SLOW_WEBGL],
    ["2d", NO_WEBGL],
  ])("drawn by %s", (kind, source) => {
    let id: unknown;
    beforeAll(async () => {
      ({ identifier: id } = await page.send("Page.addScriptToEvaluateOnNewDocument", { source }));
      await open(exported(SWINGBY));
    });
    afterAll(async () => {
      await page.send("Page.removeScriptToEvaluateOnNewDocument", { identifier: id });
    });

    /** Number of pixels whose centre has another colour on the canvas than in the machine's picture. */
    const wrongPixels = (scale: string) => `(() => {
      const { nes, picture } = emuPlayer;
      while (nes.frame < 120) nes.runFrame();
      picture.scale = "${scale}";
      emuPlayer.show();
      const shown = document.getElementById("screen");
      const copy = new OffscreenCanvas(shown.width, shown.height).getContext("2d");
      copy.drawImage(shown, 0, 0);
      const { data } = copy.getImageData(0, 0, shown.width, shown.height);
      const rgba = nes.rgba();
      let wrong = 0;
      for (let y = 0; y < 240; y++) for (let x = 0; x < 256; x++) {
        const at = 4 * (Math.floor((y + 0.5) * shown.height / 240) * shown.width + Math.floor((x + 0.5) * shown.width / 256));
        for (let c = 0; c < 3; c++) if (Math.abs(data[at + c] - rgba[4 * (256 * y + x) + c]) > 2) { wrong++; break; }
      }
      return [picture.kind, wrong, shown.width >= 256 && shown.height >= 240];
    })()`;

    test.each(["integer", "smooth"])("scaled by %s, each pixel has its colour", async (scale) => {
      expect(await page.evaluate(wrongPixels(scale))).toEqual([kind, 0, true]);
    });

    test("the tube filter changes the picture, but hardly its brightness", async () => {
      const brightness = (filter: string) => `(() => {
        emuPlayer.picture.filter = "${filter}";
        emuPlayer.picture.draw();
        const shown = document.getElementById("screen");
        const copy = new OffscreenCanvas(shown.width, shown.height).getContext("2d");
        copy.drawImage(shown, 0, 0);
        const { data } = copy.getImageData(0, 0, shown.width, shown.height);
        return data.reduce((sum, value) => sum + value, 0) / data.length;
      })()`;
      const [sharp, tube] = [
        Number(await page.evaluate(brightness("none"))),
        Number(await page.evaluate(brightness("crt"))),
      ];
      expect(tube).not.toBe(sharp);
      expect(tube / sharp).toBeGreaterThan(0.7);
      expect(tube / sharp).toBeLessThan(1.2);
    });
  });

  test("keys and fingers work, and a battery survives a reload", async () => {
    const url = exported(join(folder, "pad.nes"), "--key", "b=k");
    await open(url);
    await play();
    await page.key("keyDown", "KeyX");
    await pad(0x80);
    await page.key("keyDown", "ArrowRight");
    await pad(0x81);
    await page.key("keyUp", "KeyX");
    await page.key("keyUp", "ArrowRight");
    await page.key("keyDown", "KeyK");
    await pad(0x40);
    await page.key("keyUp", "KeyK");
    await page.key("keyDown", "Tab");
    await pad(0x20);
    await page.key("keyUp", "Tab");
    await pad(0);

    await page.send("Emulation.setTouchEmulationEnabled", { enabled: true, maxTouchPoints: 5 });
    await page.touch({ x: 5, y: 5 });
    await page.touch();
    await page.until('document.body.classList.contains("touch")');
    const cross = await page.middleOf("#cross");
    const start = await page.middleOf('[data-button="start"]');
    await page.touch({ x: cross.x - 50, y: cross.y }, start);
    await pad(0x12);
    await page.send("Input.dispatchTouchEvent", {
      type: "touchMove",
      touchPoints: [
        { x: cross.x - 40, y: cross.y - 40, id: 0 },
        { ...start, id: 1 },
      ],
    });
    await pad(0x1a);
    await page.touch();
    await pad(0);
    await page.send("Emulation.setTouchEmulationEnabled", { enabled: false });

    const battery = "emuPlayer.nes.batteryRam[0]";
    expect(await page.evaluate(battery)).toBe(0xfb);
    await page.click("#pause");
    await page.until("!emuPlayer.isRunning");
    // A transaction starts when the earlier ones that write the same store have ended.
    await page.evaluate(`new Promise((done) => {
      const opening = indexedDB.open("emu", 1);
      opening.onsuccess = () => {
        const { result } = opening;
        const reading = result.transaction("saves").objectStore("saves").count();
        reading.onsuccess = () => done(result.close());
      };
    })`);
    await open(url);
    expect(await page.evaluate(battery)).toBe(0xfb);
    expect(await page.evaluate("complaints")).toEqual([]);
  });

  test("a slot's state and the settings survive a reload", async () => {
    const url = exported(SWINGBY);
    await open(url);
    await play();
    await page.key("keyDown", "KeyX");
    await page.until("emuPlayer.nes.frame > 60");
    await page.key("keyUp", "KeyX");
    await page.click("#open-menu");
    await page.until("!emuPlayer.isRunning");
    await page.click("#slots article:nth-child(3) button");
    await page.until('!document.querySelector("#slots article:nth-child(3) button:last-child").disabled');
    await page.evaluate(`(() => {
      const filter = document.getElementById("filter");
      filter.value = "crt";
      filter.dispatchEvent(new Event("input"));
    })()`);
    const state = "emuPlayer.nes.saveState().toBase64?.() ?? Array.from(emuPlayer.nes.saveState()).join()";
    const saved = await page.evaluate(state);
    await page.click("dialog .primary");
    await page.until(`emuPlayer.isRunning && (${state}) !== ${JSON.stringify(saved)}`);

    await open(url);
    expect(await page.evaluate("emuPlayer.picture.filter")).toBe("crt");
    expect(await page.evaluate(state)).not.toBe(saved);
    expect(await page.evaluate("emuPlayer.load(3)")).toBe(true);
    expect(await page.evaluate(state)).toBe(saved);
    expect(await page.evaluate("emuPlayer.load(2)")).toBe(false);
    // Another game has its own slots.
    await open(exported(join(folder, "pad.nes")));
    expect(await page.evaluate("emuPlayer.load(3)")).toBe(false);
    expect(await page.evaluate("complaints")).toEqual([]);
  });

  test("the sound never runs out while the page runs", async () => {
    await open(exported(SWINGBY));
    await play();
    await page.until("emuPlayer.sound?.isRunning && Number.isFinite(emuPlayer.sound.report.lowest)");
    // On a busy computer it first adapts the amount that it buffers.
    await page.until("emuPlayer.nes.frame > 300");
    const counts = "[emuPlayer.sound.report.emptyCount, emuPlayer.stallCount, emuPlayer.nes.frame]";
    const [empty, stalls, frame] = (await page.evaluate(counts)) as [number, number, number];
    await page.until(`emuPlayer.nes.frame > ${frame + 60 * soakSize(10, 60)}`);
    const [emptyThen, stallsThen] = (await page.evaluate(counts)) as [number, number, number];
    // The sound may stop only while the computer has stopped the page. A busy computer cannot guarantee that,
    // so this strict bound applies only to soak runs; parts.test.ts tests it with simulated clocks.
    const spared = SOAK ? stallsThen - stalls : MAX_EMPTY_BLOCKS;
    expect(emptyThen - empty).toBeLessThanOrEqual(spared);
    // The sound has not accumulated either: less than 0.3 s wait.
    expect(await page.evaluate("emuPlayer.sound.report.level / emuPlayer.sound.sampleRateHz")).toBeLessThan(
      0.3,
    );
  });

  test("it pauses when hidden", async () => {
    await open(exported(SWINGBY));
    await play();
    await page.evaluate(`Object.defineProperty(document, "hidden", { value: true });
      document.dispatchEvent(new Event("visibilitychange"))`);
    expect(await page.evaluate("emuPlayer.isRunning")).toBe(false);
  });

  test("it works under a server's policy without unsafe-eval", async () => {
    const html = Bun.file(new URL(exported(SWINGBY)));
    const policy =
      "default-src 'none'; script-src 'unsafe-inline' blob:; style-src 'unsafe-inline'; img-src data:";
    const server = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      fetch: () => new Response(html, { headers: { "Content-Security-Policy": policy } }),
    });
    try {
      await open(server.url.href);
      await play();
      await page.until("emuPlayer.sound?.isRunning && Number.isFinite(emuPlayer.sound.report.lowest)");
      expect(await page.evaluate("complaints")).toEqual([]);
    } finally {
      await server.stop(true);
    }
  });

  test("it allows no eval itself, and no connection", async () => {
    const html = await Bun.file(new URL(exported(SWINGBY))).text();
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1];
    expect(policy).toMatch(
      /^default-src 'none'; script-src 'sha256-[\w+/]{43}=' blob:; style-src 'sha256-[\w+/]{43}='; img-src data:$/,
    );
  });

  test("a page without storage still plays, and reports that it saves nothing", async () => {
    const url = exported(SWINGBY);
    const source =
      'Object.defineProperty(globalThis, "indexedDB", { get() { throw new Error("denied"); } });';
    const { identifier } = await page.send("Page.addScriptToEvaluateOnNewDocument", { source });
    try {
      await open(url);
      await play();
      await page.click("#open-menu");
      await page.until('!document.getElementById("no-saves").hidden');
      expect(await page.evaluate("complaints")).toEqual([]);
    } finally {
      await page.send("Page.removeScriptToEvaluateOnNewDocument", { identifier });
    }
  });

  test("nothing on the page overlaps or sticks out", async () => {
    await open(exported(SWINGBY, "--title", "A very long title ".repeat(12)));
    const overlaps = `(() => {
      const boxes = [...document.querySelectorAll("#cover > *, nav button, #pad b, #cross, #screen")]
        .filter((element) => element.checkVisibility({ visibilityProperty: true }))
        .map((element) => [element.id || element.dataset.button || element.tagName, element.getBoundingClientRect()]);
      const started = document.body.classList.contains("started");
      const shown = boxes.filter(([name]) => name !== "screen" || started);
      const bad = [];
      for (const [name, a] of shown) {
        if (a.left < 0 || a.top < 0 || a.right > innerWidth + 0.5 || a.bottom > innerHeight + 0.5) bad.push(name + " sticks out");
        for (const [other, b] of shown)
          if (name < other && a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1)
            bad.push(name + " over " + other);
      }
      return bad;
    })()`;
    const sizes = [
      [1280, 800, false],
      [390, 844, true],
      [844, 390, true],
      [320, 568, true],
    ] as const;
    for (const [width, height, mobile] of sizes) {
      await page.send("Emulation.setDeviceMetricsOverride", { width, height, deviceScaleFactor: 1, mobile });
      await page.evaluate(
        `document.body.classList.remove("started"); document.body.classList.toggle("touch", ${mobile})`,
      );
      expect([width, await page.evaluate(overlaps)]).toEqual([width, []]);
      await page.evaluate('document.body.classList.add("started"); emuPlayer.picture.layOut()');
      expect([width, await page.evaluate(overlaps)]).toEqual([width, []]);
    }
    await page.send("Emulation.clearDeviceMetricsOverride");
  });
});
