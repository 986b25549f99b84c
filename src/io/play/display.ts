import type { PicturePoint } from "../input/device-input.ts";
import { chooseRenderer, possibleRenderer } from "../render/choose.ts";
import { type ColorMode, PLAIN_CAPABILITIES, type RenderCapabilities } from "../render/encoder.ts";
import { placeFor, type RendererName } from "../render/encoders.ts";
import { decodePalette, type Palette } from "../render/palette.ts";
import { loadPalette } from "../render/palette-file.ts";
import { pictureAt, type SourceArea, type TerminalWindow } from "../render/scale.ts";
import { SnapshotWriter } from "../shared/snapshot-cell.ts";
import { wakeFrameReader } from "../shared/triple-buffer.ts";
import { renderCapabilities, type TerminalCapabilities } from "../terminal/capabilities.ts";
import { TextScreen } from "../terminal/text-screen.ts";
import { readWindow } from "../terminal/window.ts";
import type { EmuClient } from "../thread/emu-client.ts";
import type { PresenterSetup } from "../thread/presenter.ts";
import { PresenterClient } from "../thread/presenter-client.ts";
import type { Settings } from "./settings.ts";

/** The palette that the settings want. Throws `InputError` when its file cannot be read. */
export function paletteOf(settings: Settings): Promise<Palette> {
  if (settings.paletteFile !== "") return loadPalette(settings.paletteFile);
  const { hue, saturation, contrast, brightness, gamma, phaseDistortion } = settings;
  const television = { hueDegrees: hue, saturation, contrast, brightness, gamma };
  return Promise.resolve(decodePalette({ ...television, phaseDistortionDegrees: phaseDistortion }));
}

/** In so many rows half-blocks show every line of the picture: one row fewer would blur all of it. */
const EXACT_ROWS = 120;

/** Why the presenter ended by itself. */
export type PictureEnd = { readonly kind: "terminal-gone" } | { readonly kind: "bug"; readonly error: Error };

/**
 * What the player sees: the presenter with the renderer that suits terminal, window and settings, and the
 * text over or below the picture.
 */
export class Display {
  /** Called when the presenter has ended without having been told to. */
  onEnd: (end: PictureEnd) => void = () => {};
  renderer: RendererName = "half-block";
  palette: Palette;
  #settings: Settings;
  #presenter = new PresenterClient();
  #capabilities: TerminalCapabilities | undefined;
  #client: EmuClient | undefined;
  #text: SnapshotWriter | undefined;
  #isCovered = false;
  #hasMessage = false;

  constructor(settings: Settings, palette: Palette) {
    this.#settings = settings;
    this.palette = palette;
    this.renderer = this.#choose();
  }

  /** Takes over what the terminal has said of itself. */
  learn(capabilities: TerminalCapabilities): void {
    this.#capabilities = capabilities;
    this.renderer = this.#choose();
  }

  /** Shows the machine's frames from now on. */
  present(client: EmuClient): void {
    this.#client = client;
    this.#text = new SnapshotWriter(client.blocks.overlay);
    this.#start(client);
  }

  /** Ends the presenter and starts another, for what cannot change while it runs. */
  async presentAnew(): Promise<void> {
    const client = this.#client;
    if (client === undefined) return;
    const before = this.#presenter;
    this.#presenter = new PresenterClient();
    await before.end();
    this.#start(client);
    if (this.#isCovered) this.#presenter.show(true);
  }

  /** Takes other settings over; `presentAnew` is to follow. Throws `InputError` when their palette cannot be read. */
  async change(settings: Settings): Promise<void> {
    this.palette = await paletteOf(settings);
    this.#settings = settings;
    this.renderer = this.#choose();
  }

  /** The window has another size. True when that wants another renderer: `presentAnew` is to follow. */
  resize(): boolean {
    const renderer = this.#choose();
    if (renderer !== this.renderer && this.#client !== undefined) {
      this.renderer = renderer;
      return true;
    }
    this.#presenter.resize(this.#pictureWindow());
    return false;
  }

  /** Everything is drawn again. */
  redraw(): void {
    this.#presenter.resize(this.#pictureWindow());
    this.#presenter.show(this.#isCovered);
  }

  /** The picture stands behind text, or is as it was. */
  cover(isCovered: boolean): void {
    this.#isCovered = isCovered;
    this.redraw();
  }

  /** Shows this text, in place of what was shown before. */
  showText(screen: TextScreen): void {
    const client = this.#client;
    const cell = this.#text;
    if (client === undefined || cell === undefined) return;
    const bytes = screen.encode();
    const into = cell.begin();
    const length = Math.min(bytes.length, into.length);
    into.set(bytes.subarray(0, length));
    cell.finish(length, 0);
    wakeFrameReader(client.blocks.frames);
  }

  /** An empty screen of the window's size, for text. */
  newText(): TextScreen {
    const { columns, rows } = this.window();
    return new TextScreen(columns, rows, this.#colors());
  }

  /** The terminal has reported that a frame is there. */
  report(): void {
    this.#presenter.report();
  }

  get latencyMicroseconds(): number {
    return this.#presenter.latencyMicroseconds;
  }

  /** Percent of it that is shown exactly: less than 100 behind slow links only. */
  get exactPercent(): number {
    return this.#presenter.exactPercent;
  }

  /** Nothing more is written once this has resolved. False when the presenter is stuck in a write. */
  hold(): Promise<boolean> {
    return this.#presenter.hold();
  }

  /** Ends the presenter. False when it was stuck in a write. */
  end(): Promise<boolean> {
    return this.#presenter.end();
  }

  /** The window, with the cell's size from whoever knows it. */
  window(): TerminalWindow {
    return readWindow(this.#capabilities);
  }

  /** Whether the last row is the status line's. */
  get hasStatusRow(): boolean {
    return this.#settings.statusLine && this.window().rows !== EXACT_ROWS;
  }

  /** Leaves the last row to a message, or gives it back, where it is not the status line's anyway. */
  setMessageRow(isWanted: boolean): void {
    if (this.#hasMessage === isWanted) return;
    this.#hasMessage = isWanted;
    if (!this.hasStatusRow) this.redraw();
  }

  /** The part of it that the picture may take: the status line has the last row. */
  #pictureWindow(): TerminalWindow {
    const window = this.window();
    return this.hasStatusRow || this.#hasMessage ? { ...window, rows: Math.max(1, window.rows - 1) } : window;
  }

  /** The machine's pixel that a cell of the window shows; undefined where the picture is not. */
  pixelAt(column: number, row: number): PicturePoint {
    const client = this.#client;
    if (client === undefined) return undefined;
    const source = this.#source(client);
    const { scale } = this.#settings;
    const place = placeFor(this.renderer, { window: this.#pictureWindow(), source, scale });
    return place === undefined ? undefined : pictureAt(place.placement, source, column, row);
  }

  /** The part of the machine's picture that is shown. */
  #source(client: EmuClient): SourceArea {
    const { width, height, pixelAspect } = client.ready.geometry;
    const { overscanLines, pixels } = this.#settings;
    return {
      x: 0,
      y: overscanLines,
      width,
      height: height - 2 * overscanLines,
      pixelAspect: pixels === "square" ? 1 : pixelAspect,
    };
  }

  #choose(): RendererName {
    const { renderer } = this.#settings;
    const known = this.#capabilities;
    if (renderer !== "auto") return known?.answers ? possibleRenderer(renderer, known) : renderer;
    return this.#capabilities === undefined
      ? "half-block"
      : chooseRenderer(this.#capabilities, this.#pictureWindow());
  }

  #start(client: EmuClient): void {
    const presenter = this.#presenter;
    presenter.ended
      .then((error) => {
        if (presenter !== this.#presenter) return;
        this.onEnd(error === undefined ? { kind: "terminal-gone" } : { kind: "bug", error });
      })
      .catch((error) => this.onEnd({ kind: "bug", error }));
    const { width, height } = client.ready.geometry;
    const { scale, filter, adaptsDetail } = this.#settings;
    const window = this.#pictureWindow();
    const setup: PresenterSetup = {
      renderer: this.renderer,
      frameWidth: width,
      frameHeight: height,
      source: this.#source(client),
      scale,
      filter,
      palette: this.palette,
      asksForReports: this.#capabilities?.answers ?? false,
      adaptsDetail,
      capabilities: this.#renderCapabilities(window),
    };
    presenter.present(client.blocks, client.description, setup, window);
  }

  #renderCapabilities({ cellHeightPixels }: TerminalWindow): RenderCapabilities {
    const { colors } = this.#settings;
    const known =
      this.#capabilities === undefined
        ? PLAIN_CAPABILITIES
        : renderCapabilities(this.#capabilities, cellHeightPixels);
    // Who asks for fewer colours gets those, and not uploaded ones.
    return colors === "auto" ? known : { ...known, colors, paletteUpload: "none" };
  }

  #colors(): ColorMode {
    return this.#renderCapabilities(this.window()).colors;
  }
}
