/** Exported pages in Firefox. page.test.ts tests everything that does not depend on the browser. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { emu } from "../../support/cli.ts";
import { COMPARED_FRAMES, COMPARED_GAMES, COMPARED_INPUT } from "../../support/compared-games.ts";
import { PAD, PAGE_HASHES, padProgram, WATCH } from "../../support/exported-pages.ts";
import { FIREFOX, FirefoxPage } from "../../support/firefox.ts";
import { SOAK } from "../../support/shared.ts";
import { soakSize } from "../../support/soak.ts";

setDefaultTimeout(180_000);

/** WebDriver's code of the right arrow. */
const RIGHT = "\uE014";
/** Firefox plays nothing without a sound server. */
const HAS_SOUND = Bun.which("pactl") !== null && Bun.spawnSync(["pactl", "info"]).exitCode === 0;
/** Maximum number of empty blocks of sound on a busy computer. */
const MAX_EMPTY_BLOCKS = 200;

describe.skipIf(FIREFOX === undefined)("in Firefox", () => {
  const folder = mkdtempSync(join(tmpdir(), "emu-export-firefox-"));
  let page: FirefoxPage;

  beforeAll(async () => {
    page = await FirefoxPage.open("about:blank");
    await page.beforeScripts(`() => { ${WATCH} }`);
    await Bun.write(join(folder, "pad.nes"), padProgram());
  });
  afterAll(async () => {
    await page.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function open(rom: string): Promise<void> {
    const out = join(folder, "game.html");
    const { exitCode, stderr } = emu(["export", rom, "--out", out]);
    expect([exitCode, stderr]).toEqual([0, ""]);
    await page.navigate(pathToFileURL(out).href);
    await page.until("globalThis.emuPlayer");
  }

  async function play(): Promise<void> {
    await page.click("#play");
    await page.until("emuPlayer.nes.frame > 10");
  }

  test.each(COMPARED_GAMES.map((rom) => [rom.split("/").at(-1)!, rom] as const))(
    "%s has the frames of emu dump",
    async (_, rom) => {
      const input = join(folder, "input.json");
      await Bun.write(input, COMPARED_INPUT);
      const argv = ["dump", rom, "--frames", `${COMPARED_FRAMES}`, "--format", "hash", "--input", input];
      const expected = emu(argv).stdout.toString().trim().split("\n");
      await open(rom);
      expect(await page.evaluate(PAGE_HASHES)).toEqual(expected);
    },
  );

  test("keys arrive, and battery and slots survive a reload", async () => {
    await open(join(folder, "pad.nes"));
    await play();
    const pad = (mask: number) => page.until(`emuPlayer.nes.peek(${PAD}) === ${mask}`);
    await page.key("keyDown", "x");
    await pad(0x80);
    await page.key("keyDown", RIGHT);
    await pad(0x81);
    await page.key("keyUp", "x");
    await page.key("keyUp", RIGHT);
    await pad(0);
    await page.click("#pause");
    await page.until("!emuPlayer.isRunning");
    await page.evaluate("emuPlayer.save(2)");
    const frame = await page.evaluate("emuPlayer.nes.frame");
    expect(await page.evaluate("emuPlayer.nes.batteryRam[0]")).toBe(0x81);
    await open(join(folder, "pad.nes"));
    expect(await page.evaluate("emuPlayer.nes.batteryRam[0]")).toBe(0x81);
    expect(await page.evaluate("emuPlayer.load(2)")).toBe(true);
    expect(await page.evaluate("emuPlayer.nes.frame")).toBe(frame);
    expect(await page.evaluate("complaints")).toEqual([]);
  });

  test("without a sound server, the game runs at its speed all the same", async () => {
    await open(COMPARED_GAMES[0]!);
    await play();
    const clock = "[emuPlayer.nes.frame, performance.now()]";
    const [frame, ms] = (await page.evaluate(clock)) as [number, number];
    await page.until(`emuPlayer.nes.frame > ${frame + 120}`);
    const [frameThen, msThen] = (await page.evaluate(clock)) as [number, number];
    // Frames that a busy computer has missed are skipped; none come too early.
    expect((frameThen - frame) / ((msThen - ms) / 1000)).toBeLessThan(64);
    expect(await page.evaluate("complaints")).toEqual([]);
  });

  test.skipIf(!HAS_SOUND)("the sound plays and does not run out (a PulseAudio server)", async () => {
    await open(COMPARED_GAMES[0]!);
    await play();
    await page.until("emuPlayer.sound?.isRunning && Number.isFinite(emuPlayer.sound.report.lowest)");
    await page.until("emuPlayer.nes.frame > 300");
    const counts = "[emuPlayer.sound.report.emptyCount, emuPlayer.stallCount, emuPlayer.nes.frame]";
    const [empty, stalls, frame] = (await page.evaluate(counts)) as [number, number, number];
    await page.until(`emuPlayer.nes.frame > ${frame + 60 * soakSize(3, 60)}`);
    const [emptyThen, stallsThen] = (await page.evaluate(counts)) as [number, number, number];
    // The sound may stop only while the computer has stopped the page.
    expect(emptyThen - empty).toBeLessThanOrEqual(SOAK ? stallsThen - stalls : MAX_EMPTY_BLOCKS);
    expect(await page.evaluate("complaints")).toEqual([]);
  });
});
