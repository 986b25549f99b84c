/** What a test does with devices other than controllers, and with the console itself. */
import { DEVICE_PORTS } from "../../emu/nes/input/device-controls.ts";
import { describeNode, type SourceNode, sourceError } from "../files/documents/source-node.ts";
import type { TableReader } from "../files/documents/table-reader.ts";
import type { DeviceWords } from "../input/device-words.ts";
import { inFrameOrder, MAX_COIN_SLOTS, type MovieEvent } from "../movies/movie-events.ts";
import type { TestSpec } from "./types.ts";

const PORTS: readonly string[] = DEVICE_PORTS;
const MAX_FRAMES = 10_000_000;
const MAX_SIDES = 16;
const MAX_SETTING_CHARACTERS = 100;
const EVENT_FORMS =
  '[frame, "eject"], [frame, "insert", side], [frame, "coin"], [frame, "service"] or [frame, "dip", "lives=5"]';

/** "deviceInput": `[[frame, { port2 = "x=120 y=80 trigger" }], …]`. */
export function readDeviceInput(reader: TableReader): TestSpec["deviceInput"] {
  if (!reader.has("deviceInput")) return undefined;
  let last = -1;
  return reader.items("deviceInput").map((item) => {
    const [frameNode, wordsNode] = item.kind === "list" && item.items.length === 2 ? item.items : [];
    if (frameNode === undefined || wordsNode?.kind !== "table") {
      const what = `deviceInput must be [frame, { port2 = "…" }], not ${describeNode(item)}`;
      throw sourceError(reader.path, item.at, what);
    }
    const frame = reader.numberIn(frameNode, 0, MAX_FRAMES, "the frame of a device's input");
    if (frame <= last) throw sourceError(reader.path, frameNode.at, `frame ${frame} must come after ${last}`);
    last = frame;
    return [frame, wordsOf(reader, wordsNode)] as const;
  });
}

function wordsOf(reader: TableReader, node: SourceNode & { readonly kind: "table" }): DeviceWords {
  const words: Record<string, string> = {};
  for (const [port, { node: value }] of node.entries) {
    if (!PORTS.includes(port) || value.kind !== "text") {
      const what = `the input of devices is a text for ${PORTS.join(", ")}`;
      throw sourceError(reader.path, value.at, what);
    }
    words[port] = value.text;
  }
  return words;
}

/** "events", and "dip" for DIP switches from the start. */
export function readEvents(reader: TableReader): TestSpec["events"] {
  const dips = (reader.texts("dip") ?? []).map((setting): MovieEvent => ({ frame: 0, kind: "dip", setting }));
  const events = reader.has("events") ? reader.items("events").map((item) => readEvent(reader, item)) : [];
  const all = [...dips, ...events];
  return all.length === 0 ? undefined : inFrameOrder(all);
}

function readEvent(reader: TableReader, item: SourceNode): MovieEvent {
  const [frameNode, kindNode, valueNode] = item.kind === "list" ? item.items : [];
  const wrong = (): Error =>
    sourceError(reader.path, item.at, `an event is ${EVENT_FORMS}, not ${describeNode(item)}`);
  if (frameNode === undefined || kindNode?.kind !== "text" || item.kind !== "list") throw wrong();
  const frame = reader.numberIn(frameNode, 0, MAX_FRAMES, "the frame of an event");
  const kind = kindNode.text;
  const most = kind === "eject" || kind === "service" ? 2 : 3;
  if (item.items.length > most) throw wrong();
  switch (kind) {
    case "eject":
    case "service":
      return { frame, kind };
    case "insert":
      if (valueNode === undefined) throw wrong();
      return { frame, kind, side: reader.numberIn(valueNode, 1, MAX_SIDES, "the side of a disk") - 1 };
    case "coin":
      return {
        frame,
        kind,
        slot:
          valueNode === undefined ? 1 : reader.numberIn(valueNode, 1, MAX_COIN_SLOTS, "the slot of a coin"),
      };
    case "dip":
      if (valueNode?.kind !== "text" || valueNode.text.length > MAX_SETTING_CHARACTERS) throw wrong();
      return { frame, kind, setting: valueNode.text };
    default:
      throw wrong();
  }
}
