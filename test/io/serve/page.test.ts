/** The page of a server in a browser: another game, and a phone. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rgbColors } from "../../../src/emu/nes/ppu/rgb-colors.ts";
import type { Server } from "../../../src/io/serve/server.ts";
import { INPUT_GROUP_WORDS, INPUT_HELD, INPUT_SOURCES } from "../../../src/io/shared/layout-words.ts";
import { arcadeRomFile } from "../../support/arcade-rom.ts";
import { BrowserPage, CHROMIUM } from "../../support/chromium.ts";
import { buildRom } from "../../support/rom-builder.ts";
import { RpcPeer, startServer } from "../../support/serve.ts";
import { TestProgram } from "../../support/test-program.ts";

const PHONES = [
  [390, 844],
  [844, 390],
  [320, 568],
] as const;
/** The names of elements that are outside the window or cover each other. */
const MISPLACED = `(() => {
  const boxes = [...document.querySelectorAll("#screen, #cross, #pad b, footer button")]
    .map((element) => [element.id || element.textContent, element.getBoundingClientRect()])
    .filter(([, box]) => box.width > 0);
  const bad = [];
  boxes.forEach(([name, a], i) => {
    if (a.left < -0.5 || a.top < -0.5 || a.right > innerWidth + 0.5 || a.bottom > innerHeight + 0.5) bad.push(name);
    for (const [other, b] of boxes.slice(i + 1))
      if (a.left < b.right - 0.5 && b.left < a.right - 0.5 && a.top < b.bottom - 0.5 && b.top < a.bottom - 0.5)
        bad.push(name + "/" + other);
  });
  return bad;
})()`;

describe.skipIf(CHROMIUM === undefined)("the page of a server", () => {
  const folder = mkdtempSync(join(tmpdir(), "emu-serve-page-"));
  let server: Server & { errors: unknown[] };
  let rpc: RpcPeer;
  let page: BrowserPage;

  beforeAll(async () => {
    // Its backdrop is $02, which is blue on an NES and red on an RP2C04-0001.
    const program = new TestProgram().waitFrames(2).store(0x2006, 0x3f).store(0x2006, 0).store(0x2007, 2);
    const arcade = program.store(0x2006, 0).store(0x2006, 0).forever();
    writeFileSync(join(folder, "arcade.nes"), arcadeRomFile(arcade, { vs: 2 }));
    writeFileSync(join(folder, "pal.nes"), buildRom({ nes2: true, bytes: { 12: 1 } }));
    server = await startServer({ http: "127.0.0.1:0", machine: { root: folder } });
    rpc = await RpcPeer.connect(server);
    await rpc.call("run", { frames: 3 });
    page = await BrowserPage.open(server.addresses.http!);
    await page.until('document.title.startsWith("swingby.nes")');
  });
  afterAll(async () => {
    await page.close();
    expect(server.errors).toEqual([]);
    await server.close();
    rmSync(folder, { recursive: true });
  });

  /** Width over height of the picture on the screen. */
  const aspect = () =>
    page.evaluate(
      '(({ width, height }) => width / height)(document.getElementById("screen").getBoundingClientRect())',
    ) as Promise<number>;

  test("shows another game in its own colours and shape", async () => {
    const before = await aspect();
    await rpc.call("load", { path: "arcade.nes" });
    await rpc.call("run", { frames: 10 });
    await page.until('document.title.startsWith("arcade.nes")');
    const red = rgbColors("2C04-0001")[2]!;
    const bytes = [red >> 16, (red >> 8) & 0xff, red & 0xff, 0xff];
    await page.until(`emuSpectator.picture.pixels.slice(0, 4).join() === "${bytes}"`);
    await rpc.call("load", { path: "pal.nes" });
    await rpc.call("run", { frames: 10 });
    await page.until('document.title.startsWith("pal.nes")');
    const { pixelAspect } = server.host.geometry;
    expect(pixelAspect).toBeGreaterThan(1.3);
    // Swingby has square pixels.
    expect((await aspect()) / before).toBeCloseTo(pixelAspect, 1);
  });

  test("has the touch pad of exported pages on phones, and nothing covers anything", async () => {
    expect(await page.evaluate('getComputedStyle(document.getElementById("pad")).display')).toBe("none");
    await page.send("Emulation.setTouchEmulationEnabled", { enabled: true, maxTouchPoints: 5 });
    await rpc.call("resume");
    await page.touch({ x: 5, y: 5 });
    await page.touch();
    await page.until('document.body.classList.contains("touch")');
    for (const [width, height] of PHONES) {
      const metrics = { width, height, deviceScaleFactor: 1, mobile: true };
      await page.send("Emulation.setDeviceMetricsOverride", metrics);
      for (const hasMore of [true, false]) {
        await page.evaluate(`document.body.classList.toggle("more-buttons", ${hasMore})`);
        await page.evaluate("emuSpectator.picture.layOut()");
        if (process.env.EMU_SCREENSHOTS !== undefined)
          await Bun.write(
            join(process.env.EMU_SCREENSHOTS, `page-${width}-${hasMore ? 12 : 8}.png`),
            await page.screenshot(),
          );
        expect([width, hasMore, await page.evaluate(MISPLACED)]).toEqual([width, hasMore, []]);
      }
      const held = async (mask: number) => {
        const { inputs } = server.host.client.blocks;
        while (inputs[INPUT_SOURCES.network * INPUT_GROUP_WORDS + INPUT_HELD] !== mask) await Bun.sleep(5);
      };
      const cross = await page.middleOf("#cross");
      await page.touch({ x: cross.x - 50, y: cross.y }, await page.middleOf('[data-button="a"]'));
      // Left and A.
      await held(0x41);
      await page.touch();
      await held(0);
    }
    await rpc.call("pause");
  });
});
