import { BUTTONS } from "../../core/index.ts";
import type { Filter, KeyMap, PageScale } from "./config.ts";
import { byId } from "./elements.ts";
import { keyLabel } from "./keyboard.ts";
import { HEIGHT, WIDTH } from "./picture.ts";
import type { Player } from "./player.ts";
import { SLOT_COUNT, type SlotRecord, type Storage } from "./storage.ts";

/** The settings of the menu that the browser stores. */
export interface PageSettings {
  readonly scale: PageScale;
  readonly filter: Filter;
  readonly volume: number;
}

/** Reads stored settings; invalid ones are replaced by the defaults. */
export function readSettings(stored: unknown, defaults: PageSettings): PageSettings {
  if (typeof stored !== "object" || stored === null) return defaults;
  const { scale, filter, volume } = stored as Partial<Record<keyof PageSettings, unknown>>;
  return {
    scale: scale === "smooth" || scale === "integer" ? scale : defaults.scale,
    filter: filter === "none" || filter === "crt" ? filter : defaults.filter,
    volume: typeof volume === "number" && volume >= 0 && volume <= 1 ? volume : defaults.volume,
  };
}

/** The dialog with slots, picture, sound and keys. The game pauses while it is open. */
export class PageMenu {
  readonly #player: Player;
  readonly #storage: Storage | undefined;
  readonly #dialog = byId("menu", HTMLDialogElement);
  readonly #slots: HTMLElement[] = [];
  #goesOn = false;

  constructor(player: Player, storage: Storage | undefined, keys: KeyMap, settings: PageSettings) {
    this.#player = player;
    this.#storage = storage;
    this.#makeSlots();
    this.#bindSettings(settings);
    this.#listKeys(keys);
    this.#bindConsole();
    this.#dialog.addEventListener("close", () => {
      if (this.#goesOn) player.play();
    });
    // A click outside the dialog closes it.
    this.#dialog.addEventListener("click", ({ target }) => {
      if (target === this.#dialog) this.#dialog.close();
    });
  }

  get isOpen(): boolean {
    return this.#dialog.open;
  }

  async open(): Promise<void> {
    if (this.isOpen) return;
    this.#goesOn = this.#player.isRunning;
    this.#player.pause();
    this.#dialog.showModal();
    for (let slot = 1; slot <= SLOT_COUNT; slot++) await this.#showSlot(slot);
  }

  #makeSlots(): void {
    const list = byId("slots", HTMLElement);
    const template = byId("slot", HTMLTemplateElement);
    for (let slot = 1; slot <= SLOT_COUNT; slot++) {
      const item = (template.content.cloneNode(true) as DocumentFragment).firstElementChild as HTMLElement;
      item.querySelector("h3")!.textContent = `Slot ${slot}`;
      const [save, load] = item.querySelectorAll("button");
      save!.setAttribute("aria-label", `Save to slot ${slot}`);
      load!.setAttribute("aria-label", `Load slot ${slot}`);
      save!.addEventListener("click", () => void this.#save(slot));
      load!.addEventListener("click", () => void this.#load(slot));
      save!.disabled = this.#storage === undefined;
      list.append(item);
      this.#slots.push(item);
    }
    byId("no-saves", HTMLElement).hidden = this.#storage !== undefined;
  }

  async #save(slot: number): Promise<void> {
    try {
      await this.#player.save(slot);
      await this.#showSlot(slot);
    } catch (error) {
      this.#player.onNote(`Not saved: ${messageOf(error)}`);
    }
  }

  async #load(slot: number): Promise<void> {
    try {
      if (!(await this.#player.load(slot))) return;
      this.#goesOn = true;
      this.#dialog.close();
    } catch (error) {
      this.#player.onNote(`Not loaded: ${messageOf(error)}`);
    }
  }

  async #showSlot(slot: number): Promise<void> {
    const item = this.#slots[slot - 1]!;
    const record: SlotRecord | undefined = await this.#storage?.slot(slot).catch(() => undefined);
    item.querySelectorAll("button")[1]!.disabled = record === undefined;
    item.querySelector("p")!.textContent =
      record === undefined
        ? "empty"
        : new Date(record.savedAtMs).toLocaleString([], { dateStyle: "short", timeStyle: "short" });
    if (record?.picture.length !== 4 * WIDTH * HEIGHT) return;
    const context = item.querySelector("canvas")!.getContext("2d");
    context?.putImageData(new ImageData(record.picture, WIDTH, HEIGHT), 0, 0);
  }

  #bindSettings(settings: PageSettings): void {
    const scale = byId("scale", HTMLSelectElement);
    const filter = byId("filter", HTMLSelectElement);
    const volume = byId("volume", HTMLInputElement);
    const apply = (): PageSettings => {
      const now = readSettings(
        { scale: scale.value, filter: filter.value, volume: Number(volume.value) / 100 },
        settings,
      );
      this.#player.picture.scale = now.scale;
      this.#player.picture.filter = now.filter;
      this.#player.volume = now.volume;
      return now;
    };
    scale.value = settings.scale;
    filter.value = settings.filter;
    volume.value = String(Math.round(100 * settings.volume));
    apply();
    for (const control of [scale, filter, volume]) {
      control.addEventListener("input", () => {
        const now = apply();
        void this.#storage?.storeSettings(now).catch(() => {});
      });
    }
  }

  #listKeys(keys: KeyMap): void {
    const list = byId("keys", HTMLElement);
    for (const button of BUTTONS) {
      const term = document.createElement("dt");
      term.textContent = button.length === 1 ? button.toUpperCase() : button;
      const codes = document.createElement("dd");
      for (const code of keys[button]) {
        const key = document.createElement("kbd");
        key.textContent = keyLabel(code);
        codes.append(key, " ");
      }
      list.append(term, codes);
    }
  }

  #bindConsole(): void {
    const { nes } = this.#player;
    byId("reset", HTMLButtonElement).addEventListener("click", () => {
      nes.reset();
      this.#goesOn = true;
      this.#dialog.close();
    });
    const side = byId("disk", HTMLButtonElement);
    const { disk } = nes;
    side.hidden = disk === undefined || disk.sideCount < 2;
    side.addEventListener("click", () => {
      if (disk === undefined) return;
      disk.insert((disk.wantedSide + 1) % disk.sideCount);
      this.#player.onNote(`Side ${disk.wantedSide + 1} of ${disk.sideCount}`);
      this.#goesOn = true;
      this.#dialog.close();
    });
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
