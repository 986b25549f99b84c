/**
 * The page of `emu serve --http`: it shows the server's machine with the picture and the sound of exported
 * pages, and sends keys and game pads.
 */
import { byId } from "../../export/page/elements.ts";
import { Picture } from "../../export/page/picture.ts";
import { Sound } from "../../export/page/sound.ts";
import type { SpectatorFacts } from "./facts.ts";
import { PageInput } from "./input.ts";
import { MessageUnpacker } from "./messages.ts";

const RETRY_MS = 1000;
const VOLUME = 0.64;

const facts = JSON.parse(byId("facts", HTMLScriptElement).textContent ?? "") as SpectatorFacts;
const picture = new Picture(byId("space", HTMLElement), byId("screen", HTMLCanvasElement), facts);
const input = new PageInput(facts.portBits, (port, buttons) => call("press", { port, buttons }));
const unpacker = new MessageUnpacker(facts.palette);
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

/** A browser that cannot keep up shows what is newest next. */
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
    const { error } = JSON.parse(data) as { error?: { message: string } };
    if (error !== undefined) say(error.message);
    return;
  }
  const samples = unpacker.sound(data);
  if (samples === undefined) void show(data);
  else sound?.push(samples);
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
    sound = await Sound.open(facts.sampleRateHz);
    if (sound === undefined) say("this browser has no sound");
    else {
      sound.volume = VOLUME;
      await sound.resume();
    }
  } else {
    const before = sound;
    sound = undefined;
    await before.suspend();
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
byId("keys", HTMLElement).textContent = input.help;
setInterval(() => {
  if (socket?.readyState === WebSocket.OPEN) say(`${shownCount} pictures a second`);
  shownCount = 0;
}, 1000);
window.emuSpectator = { picture, sound: () => sound };
connect();
