/** The state of the page, its connection, and everything that the user can do. */
import type {
  DebuggedGameFacts,
  DebugState,
  EventMessage,
  MemoryName,
  PastWriteFacts,
  PlaceFacts,
  WantedViews,
} from "../../web/protocol.ts";
import { Link, type LinkStatus } from "./link.ts";
import { decodeSnapshot } from "./snapshot-format.ts";
import { SnapshotFeed } from "./snapshots.ts";
import { Store } from "./store.ts";

export const PANELS = [
  "memory",
  "events",
  "nametables",
  "patterns",
  "sprites",
  "palettes",
  "trace",
  "profile",
] as const;
export type PanelName = (typeof PANELS)[number];
export type Theme = "auto" | "light" | "dark";

/** A message for the user. */
export interface Notice {
  readonly id: number;
  readonly kind: "log" | "problem" | "info";
  readonly text: string;
  /** A button beside the text. */
  readonly action?: { readonly label: string; run(): void } | undefined;
}

/** The place that the code panel shows; a new object scrolls to it again. */
export interface ShownPlace {
  readonly place: PlaceFacts;
  /** True if the place is where the program stands. */
  readonly isCurrent: boolean;
}

export interface PageState {
  readonly status: LinkStatus;
  readonly game: DebuggedGameFacts | undefined;
  readonly state: DebugState | undefined;
  readonly shown: ShownPlace | undefined;
  /** The source is preferred to the disassembly. */
  readonly prefersSource: boolean;
  readonly stackFrame: number;
  readonly panels: readonly PanelName[];
  readonly memorySpace: MemoryName;
  /** Where the memory panel goes; a new object scrolls again. */
  readonly memoryTarget: { readonly address: number } | undefined;
  readonly dockPercent: number;
  readonly theme: Theme;
  readonly notices: readonly Notice[];
  readonly isHelpOpen: boolean;
}

const SETTINGS = "emu-debug";
const MAX_NOTICES = 6;
const DEFAULTS: PageState = {
  status: "connecting",
  game: undefined,
  state: undefined,
  shown: undefined,
  prefersSource: true,
  stackFrame: 0,
  panels: ["memory", "events", "nametables"],
  memorySpace: "cpu",
  memoryTarget: undefined,
  dockPercent: 40,
  theme: "auto",
  notices: [],
  isHelpOpen: false,
};

export const store = new Store<PageState>({ ...DEFAULTS, ...savedSettings() });

export const snapshots = new SnapshotFeed((serial) => {
  link.request("ack", { serial }).catch(() => {});
});

export const link = new Link({
  onStatus: (status) => store.set({ status }),
  onWelcome: (game) => {
    store.set({ game, notices: game.warnings.map((text) => newNotice("problem", text)) });
    document.title = `${game.name} – emu debug`;
    sendViews();
  },
  onEvent: receive,
  onSnapshot: (message) => snapshots.receive(decodeSnapshot(message)),
});

let nextNotice = 1;

function newNotice(kind: Notice["kind"], text: string, action?: Notice["action"]): Notice {
  return { id: nextNotice++, kind, text, action };
}

/** Shows a message until the user closes it or others have replaced it. */
export function notify(kind: Notice["kind"], text: string, action?: Notice["action"]): void {
  store.set({ notices: [...store.value.notices, newNotice(kind, text, action)].slice(-MAX_NOTICES) });
}

export function dismiss(id: number): void {
  store.set({ notices: store.value.notices.filter((notice) => notice.id !== id) });
}

function receive(message: EventMessage): void {
  if (message.event === "notice") notify(message.kind, message.text);
  else if (message.event === "reloaded") store.set({ game: message.game });
  else {
    const before = store.value.state;
    const place = message.stack[0]!;
    const hasMoved = before?.position !== message.position || before.stack[0]?.address !== place.address;
    const hasStopped = message.moving === undefined && (before?.moving !== undefined || hasMoved);
    store.set({
      state: message,
      ...(hasStopped ? { shown: { place, isCurrent: true }, stackFrame: 0 } : {}),
    });
  }
}

/** Sends a request whose failure the user should see. Resolves to undefined after a failure. */
export async function ask<T = unknown>(method: string, params: object = {}): Promise<T | undefined> {
  try {
    return await link.request<T>(method, params);
  } catch (error) {
    notify("problem", (error as Error).message);
    return undefined;
  }
}

export function isRunning(): boolean {
  return store.value.state?.moving !== undefined;
}

/** True if the code panel shows a source line, so that steps go by lines. */
export function showsSource({ prefersSource, shown }: PageState): boolean {
  return prefersSource && shown?.place.line !== undefined;
}

export function show(place: PlaceFacts): void {
  const here = store.value.state?.stack[0];
  const isCurrent = here?.address === place.address && here.prgOffset === place.prgOffset;
  store.set({ shown: { place, isCurrent } });
}

export function showMemory(space: MemoryName, address: number): void {
  const { panels } = store.value;
  store.set({
    panels: panels.includes("memory") ? panels : ["memory", ...panels],
    memorySpace: space,
    memoryTarget: { address },
  });
  saveSettings();
}

/** Goes to a position in the history. */
export function seek(position: number): Promise<unknown> {
  return ask("seek", { position });
}

export async function whoWrote(space: MemoryName, address: number): Promise<void> {
  const write = await ask<PastWriteFacts>("lastWrite", { space, address });
  if (write === undefined) return;
  notify("info", write.text, { label: "Go there", run: () => void seek(write.position) });
  show(write.place);
}

/** Shows the place that a text names: an address, a label, a variable. */
export async function goTo(text: string): Promise<void> {
  const place = await ask<PlaceFacts>("find", { text });
  if (place === undefined) return;
  if (place.address < 0x2000 || (place.address >= 0x6000 && place.address < 0x8000)) {
    showMemory("cpu", place.address);
  } else show(place);
}

/** Returns false if the expression cannot be read; a message says why. */
export async function addWatch(expression: string): Promise<boolean> {
  const known = store.value.state?.watches.map((watch) => watch.expression) ?? [];
  return (await ask("watch", { expressions: [...known, expression] })) !== undefined;
}

export function togglePanel(panel: PanelName): void {
  const { panels } = store.value;
  const isOpen = panels.includes(panel);
  store.set({ panels: isOpen ? panels.filter((each) => each !== panel) : [...panels, panel] });
  saveSettings();
  sendViews();
}

let memoryView: WantedViews["memory"];

/** Tells the debugger which part of memory is visible; undefined if none is. */
export function viewMemory(memory: WantedViews["memory"]): void {
  if (JSON.stringify(memory) === JSON.stringify(memoryView)) return;
  memoryView = memory;
  sendViews();
}

function sendViews(): void {
  const { panels, game } = store.value;
  if (game === undefined) return;
  const needsPpu = (["nametables", "patterns", "sprites", "palettes"] as const).some((panel) =>
    panels.includes(panel),
  );
  const memory = panels.includes("memory") && memoryView !== undefined ? { memory: memoryView } : {};
  const views: WantedViews = { ppu: needsPpu, events: panels.includes("events"), ...memory };
  link.request("show", views).catch(() => {});
}

export function setTheme(theme: Theme): void {
  store.set({ theme });
  saveSettings();
}

export function saveSettings(): void {
  const { panels, dockPercent, theme, prefersSource } = store.value;
  localStorage.setItem(SETTINGS, JSON.stringify({ panels, dockPercent, theme, prefersSource }));
}

function savedSettings(): Partial<PageState> {
  try {
    const saved = JSON.parse(localStorage.getItem(SETTINGS) ?? "{}") as Partial<PageState>;
    const panels = saved.panels?.filter((panel) => PANELS.includes(panel));
    return { ...saved, ...(panels === undefined ? {} : { panels }) };
  } catch {
    return {};
  }
}
