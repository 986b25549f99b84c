/**
 * The page of `emu serve --http`: it shows the server's machine with the picture and the sound of exported
 * pages, and sends keys and game pads.
 */
import { byId } from "../../export/page/elements.ts";
import { Picture } from "../../export/page/picture.ts";
import { Sound } from "../../export/page/sound.ts";
import type { PageFacts } from "./facts.ts";
import { PageInput } from "./input.ts";
import { MessageUnpacker } from "./messages.ts";

const RETRY_MS = 1000;
const VOLUME = 0.64;

/** Until the server has described its game. */
const NO_GAME = { width: 256, height: 240, pixelAspect: 1 };

const picture = new Picture(byId("space", HTMLElement), byId("screen", HTMLCanvasElement), NO_GAME);
const input = new PageInput((port, buttons) => call("press", { port, buttons }));
const unpacker = new MessageUnpacker();
let game: PageFacts | undefined;
const token = new URLSearchParams(location.hash.slice(1)).get("token");
let socket: WebSocket | undefined;
let id = 0;
let isPaused = false;
let sound: Sound | undefined;
let isBusy = false;
let newest: ArrayBuffer | undefined;
let shownCount = 0;

function call(method: string, params: object = {}): void {
  if (socket?.readyState === WebSocket.OPEN)
    socket.send(JSON.stringify({ jsonrpc: "2.0", id: ++id, method, params }));
}

function say(text: string): void {
  byId("status", HTMLElement).textContent = text;
}

/** A browser that is too slow skips to the newest picture. */
async function show(packed: ArrayBuffer): Promise<void> {
  newest = packed;
  if (isBusy) return;
  isBusy = true;
  while (newest !== undefined) {
    const next = newest;
    newest = undefined;
    try {
      const { frame, width, height, rgba } = await unpacker.picture(next);
      picture.resize(width, height);
      rgba(picture.nextPixels);
      picture.update();
      input.poll();
      shownCount++;
      document.body.dataset.frame = String(frame);
    } catch {
      say("a picture made no sense");
    }
  }
  isBusy = false;
}

function receive(data: ArrayBuffer | string): void {
  if (typeof data === "string") {
    const { error, method, params } = JSON.parse(data) as ServerText;
    if (error !== undefined) say(error.message);
    if (method === "game") void takeGame(params as PageFacts);
    return;
  }
  const heard = unpacker.sound(data);
  if (heard === undefined) void show(data);
  // Samples of another game come while its sound is being opened.
  else if (heard.channels === sound?.channels) sound.push(heard.samples);
}

/** The fields of an answer or a notification that the page uses. */
interface ServerText {
  readonly error?: { readonly message: string };
  readonly method?: string;
  readonly params?: unknown;
}

/** Prepares for the pictures and the sound of a game. */
async function takeGame(facts: PageFacts): Promise<void> {
  const before = game;
  game = facts;
  document.title = `${facts.title} — emu`;
  unpacker.palette = facts.palette;
  picture.reshape(facts);
  input.setPortBits(facts.portBits);
  const isSameSound = before?.sampleRateHz === facts.sampleRateHz && before.channels === facts.channels;
  if (sound === undefined || isSameSound) return;
  await sound.close();
  await openSound(facts);
}

async function openSound({ sampleRateHz, channels }: PageFacts): Promise<void> {
  sound = await Sound.open({ machineRateHz: sampleRateHz, channels });
  if (sound === undefined) return say("this browser has no sound");
  sound.volume = VOLUME;
  await sound.resume();
}

function subscribe(): void {
  call("subscribe", { every: 1, format: "packed", sound: sound !== undefined });
}

function connect(): void {
  const scheme = location.protocol === "https:" ? "wss" : "ws";
  const next = new WebSocket(`${scheme}://${location.host}/rpc`);
  socket = next;
  next.binaryType = "arraybuffer";
  next.onopen = () => {
    if (token !== null) call("auth", { token });
    subscribe();
    say("connected");
  };
  next.onmessage = ({ data }: MessageEvent<ArrayBuffer | string>) => receive(data);
  next.onclose = () => {
    say("disconnected; trying again");
    setTimeout(connect, RETRY_MS);
  };
}

/** Browsers allow sound only after a click. The server sends it only while it is heard. */
async function toggleSound(button: HTMLButtonElement): Promise<void> {
  if (sound === undefined) {
    if (game !== undefined) await openSound(game);
  } else {
    const before = sound;
    sound = undefined;
    await before.close();
  }
  button.textContent = sound === undefined ? "Sound" : "Mute";
  subscribe();
}

function onClick(name: string, action: (button: HTMLButtonElement) => void): void {
  const button = byId(name, HTMLButtonElement);
  button.onclick = () => {
    action(button);
    button.blur();
  };
}

onClick("pause", (button) => {
  isPaused = !isPaused;
  call(isPaused ? "pause" : "resume");
  button.textContent = isPaused ? "Resume" : "Pause";
});
onClick("reset", () => call("reset", { hard: false }));
onClick("sound", (button) => void toggleSound(button));
onClick("full", () => void document.documentElement.requestFullscreen?.());
setInterval(() => {
  if (socket?.readyState === WebSocket.OPEN) say(`${shownCount} pictures a second`);
  shownCount = 0;
}, 1000);
window.emuSpectator = { picture, sound: () => sound };
connect();
