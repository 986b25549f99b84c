/** The script of an exported page. */
import { type EmbeddedNes, load } from "../../core/index.ts";
import { NES_BITS } from "./buttons.ts";
import type { GameConfig } from "./config.ts";
import { byId } from "./elements.ts";
import { readPads } from "./gamepads.ts";
import { Keyboard } from "./keyboard.ts";
import { PageMenu, readSettings } from "./menu.ts";
import { Picture } from "./picture.ts";
import { Player } from "./player.ts";
import { Storage } from "./storage.ts";
import { showPadOnTouch, TouchPad } from "./touch-pad.ts";

const NOTE_MS = 4000;
const WARM_UP_FRAMES = 120;

const note = byId("note", HTMLElement);
let noteTimer = 0;

function showNote(text: string): void {
  note.textContent = text;
  note.hidden = false;
  clearTimeout(noteTimer);
  noteTimer = setTimeout(() => {
    note.hidden = true;
  }, NOTE_MS);
}

async function start(): Promise<void> {
  const config = JSON.parse(byId("game", HTMLScriptElement).textContent ?? "") as GameConfig;
  const powerOn = (): EmbeddedNes =>
    load(bytesOf(config.rom), {
      ...config.console,
      ...(config.fdsBios === undefined ? {} : { fdsBios: bytesOf(config.fdsBios) }),
    });
  const nes = powerOn();
  if (config.palette !== undefined) nes.setPalette(Uint32Array.from(config.palette));
  const storage = await Storage.open(config.sha1);
  const battery = await storage?.battery().catch(() => undefined);
  if (battery?.length === nes.batteryRam.length) nes.batteryRam.set(battery);
  const stored = await storage?.settings().catch(() => undefined);

  const picture = new Picture(byId("space", HTMLElement), byId("screen", HTMLCanvasElement), nes.geometry);
  const keyboard = new Keyboard(config.keys, () => player.isRunning);
  const touchPad = new TouchPad(byId("pad", HTMLElement), byId("cross", HTMLElement), NES_BITS);
  const player = new Player({ nes, picture, keyboard, touchPad, storage });
  player.onNote = showNote;
  const { scale, filter } = config;
  const menu = new PageMenu(
    player,
    storage,
    config.keys,
    readSettings(stored, { scale, filter, volume: 0.8 }),
  );
  bindPage(player, menu, keyboard);
  window.emuPlayer = player;
  document.body.classList.add("ready");
  warmUp(powerOn(), () => !document.body.classList.contains("started"));
}

/**
 * Runs the start of the game on a temporary console, so that the browser has compiled the machine before the
 * player presses Play. Otherwise the first seconds would stutter.
 */
function warmUp(nes: EmbeddedNes, isWaiting: () => boolean): void {
  const step = (): void => {
    nes.runFrame();
    if (isWaiting() && nes.frame < WARM_UP_FRAMES) requestAnimationFrame(step);
  };
  requestAnimationFrame(step);
}

function bindPage(player: Player, menu: PageMenu, keyboard: Keyboard): void {
  const { body } = document;
  const pause = byId("pause", HTMLButtonElement);
  const play = byId("play", HTMLButtonElement);
  const toggle = (): void => (player.isRunning ? player.pause() : player.play());
  player.onChange = () => {
    body.classList.toggle("running", player.isRunning);
    if (player.isRunning) body.classList.add("started");
    pause.textContent = player.isRunning ? "Pause" : "Play";
    // Removes the focus, so that Enter and Space go to the game.
    if (player.isRunning && document.activeElement instanceof HTMLElement) document.activeElement.blur();
  };
  play.addEventListener("click", () => player.play());
  pause.addEventListener("click", toggle);
  byId("open-menu", HTMLButtonElement).addEventListener("click", () => void menu.open());
  bindFullScreen();

  for (const type of ["pointerdown", "keydown", "touchend"] as const) {
    addEventListener(type, () => {
      if (player.isRunning) player.wakeSound();
    });
  }
  showPadOnTouch(body);
  addEventListener("keydown", (event) => {
    if (menu.isOpen || event.repeat || event.ctrlKey || event.metaKey || event.altKey) return;
    if (!player.isRunning && event.code === "Enter" && event.target === body) player.play();
    else if (event.code === "Escape" && player.isRunning && !keyboard.has("Escape")) void menu.open();
  });
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) player.pause();
  });
  addEventListener("pagehide", () => player.pause());
  startWithPad(player, () => !body.classList.contains("started"));
}

/** Also starts the game when a button of a game pad is pressed. */
function startWithPad(player: Player, isWaiting: () => boolean): void {
  addEventListener("gamepadconnected", () => {
    const look = (): void => {
      if (!isWaiting()) return;
      if (readPads()[0] !== 0) player.play();
      else requestAnimationFrame(look);
    };
    look();
  });
}

function bindFullScreen(): void {
  const button = byId("full", HTMLButtonElement);
  const page = document.documentElement;
  // iPhones have no full screen mode for pages.
  button.hidden = document.fullscreenEnabled !== true;
  button.addEventListener("click", () => {
    const change =
      document.fullscreenElement === null
        ? page.requestFullscreen({ navigationUI: "hide" })
        : document.exitFullscreen();
    change.catch(() => showNote("This browser does not allow full screen here."));
    button.blur();
  });
}

function bytesOf(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

start().catch((error) => {
  note.hidden = false;
  note.textContent = `The game cannot start: ${error instanceof Error ? error.message : error}`;
});
