import type { MachineGeometry } from "../../emu/machine.ts";
import type { PicturePoint } from "../input/device-input.ts";
import { isReported, type RendererChoice } from "../render/choose.ts";
import { decodePalette, type Palette, withSecondScreen } from "../render/colors/palette.ts";
import { loadPalette } from "../render/colors/palette-file.ts";
import { PLAIN_CAPABILITIES, type RenderCapabilities } from "../render/encoder.ts";
import { placeFor, type RendererName, windowForText } from "../render/encoders.ts";
import { type CellRectangle, pictureAt, type SourceArea, type TerminalWindow } from "../render/scale.ts";
import type { SharedBlocks, SharedDescription } from "../shared/layout.ts";
import { type Log, NO_LOG } from "../shared/log.ts";
import { SnapshotWriter } from "../shared/snapshot-cell.ts";
import { wakeFrameReader } from "../shared/triple-buffer.ts";
import type { TerminalCapabilities } from "../terminal/capabilities.ts";
import { renderCapabilities, withColors } from "../terminal/render-capabilities.ts";
import { TextScreen } from "../terminal/text-screen.ts";
import { readWindow } from "../terminal/window.ts";
import type { PresenterSetup } from "../thread/presenter.ts";
import { PresenterClient } from "../thread/presenter-client.ts";
import { previewArea } from "./menu/panel.ts";
import { type MenuPainter, menuPainter, rendererFor } from "./menu-painter.ts";
import { PastPictures } from "./past-pictures.ts";
import type { StripWindow } from "./rewind-strip.ts";
import type { Settings } from "./settings.ts";

/**
 * Loads the palette of the settings. A machine with its own `colors` has no television to adjust; a palette
 * file still replaces them. Throws `InputError` if its file cannot be read. */
export function paletteOf(settings: Settings, colors?: Uint32Array): Promise<Palette> {
  if (settings.paletteFile !== "")
    return loadPalette(settings.paletteFile).then((palette) => withSecondScreen(palette, colors));
  if (colors !== undefined) return Promise.resolve(colors);
  const { hue, saturation, contrast, brightness, gamma, phaseDistortion } = settings;
  const television = { hueDegrees: hue, saturation, contrast, brightness, gamma };
  return Promise.resolve(decodePalette({ ...television, phaseDistortionDegrees: phaseDistortion }));
}

/** With this many rows half-blocks show every line of the picture: one row fewer would blur all of it. */
const EXACT_ROWS = 120;

/** The shape of pixels before there is a picture. Only "not square" matters. */
const UNKNOWN_SHAPE: Pick<MachineGeometry, "pixelAspect" | "televisionAspect"> = { pixelAspect: 8 / 7 };

/** Why the presenter ended by itself. */
export type PictureEnd = { readonly kind: "terminal-gone" } | { readonly kind: "bug"; readonly error: Error };

/** Where frames come from: a machine on its thread, or a debugger that publishes them itself. */
export interface PictureSource {
  readonly blocks: SharedBlocks;
  readonly description: SharedDescription;
  readonly ready: { readonly geometry: MachineGeometry };
}

/**
 * How the picture is shown with text: not at all covered, dimmed behind the text of a menu, or as bright as
 * in play beside a menu or above other text.
 */
export type Cover = "none" | "dimmed" | "beside" | "above";

/** A part of the window, in cells. */
export interface CellArea {
  readonly columns: number;
  readonly rows: number;
}

/**
 * What the player sees: the presenter, with the renderer that fits the terminal, window and settings, and the
 * text over or below the picture.
 */
export class Display {
  /** Called when the presenter has ended without having been told to. */
  onEnd: (end: PictureEnd) => void = () => {};
  renderer: RendererName = "half-block";
  /** True if there is text to the right of the picture at times. Set it before `present`. */
  hasTextBeside = false;
  palette: Palette;
  /** Small pictures of what was shown. */
  readonly past = new PastPictures();
  #settings: Settings;
  readonly #log: Log;
  #presenter: PresenterClient;
  #capabilities: TerminalCapabilities | undefined;
  #client: PictureSource | undefined;
  #text: SnapshotWriter | undefined;
  #cover: Cover = "none";
  #hole: CellRectangle | undefined;
  /** The first row of the text below the picture. */
  #textTop: number | undefined;
  #hasMessage = false;
  /** What draws the menu in a window, and the text shown last. */
  #painter: (MenuPainter & { readonly key: string }) | undefined;
  #shownText: Uint8Array = new Uint8Array(0);
  #area: CellArea | undefined;

  constructor(settings: Settings, palette: Palette, log: Log = NO_LOG) {
    this.#settings = settings;
    this.palette = palette;
    this.#log = log;
    this.#presenter = new PresenterClient(log);
    this.renderer = this.#choose().renderer;
  }

  /** Takes over what the terminal has reported. */
  learn(capabilities: TerminalCapabilities): void {
    this.#capabilities = capabilities;
    this.#take(this.#choose());
  }

  /** True if the terminal answers queries, but has not reported that it shows what this renderer sends. */
  get isDoubtful(): boolean {
    const known = this.#capabilities;
    return known?.answers === true && !isReported(this.renderer, known);
  }

  /** Shows the machine's frames from now on. */
  present(client: PictureSource): void {
    this.#client = client;
    const { colors } = client.ready.geometry;
    if (colors !== undefined)
      this.palette = this.#settings.paletteFile === "" ? colors : withSecondScreen(this.palette, colors);
    this.#text = new SnapshotWriter(client.blocks.overlay);
    this.#start(client);
  }

  /** Ends the presenter and starts another, for settings that cannot change while it runs. */
  async presentAnew(): Promise<void> {
    const client = this.#client;
    if (client === undefined) return;
    const before = this.#presenter;
    this.#presenter = new PresenterClient(this.#log);
    await before.end();
    this.#start(client);
    if (this.#cover === "dimmed") this.#presenter.show(this.#hole);
  }

  /**
   * Takes over other settings; call `presentAnew` afterwards. Throws `InputError` if their palette cannot be
   * read.
   */
  async change(settings: Settings): Promise<void> {
    this.palette = await paletteOf(settings, this.#client?.ready.geometry.colors);
    this.#settings = settings;
    this.#take(this.#choose());
  }

  /**
   * Limits the picture to the upper left part of the window; undefined uses all of it. Returns true if the
   * picture needs another renderer: call `presentAnew` then.
   */
  setArea(area: CellArea | undefined): boolean {
    this.#area = area;
    return this.resize();
  }

  /** Handles a new window size. Returns true if it needs another renderer: call `presentAnew` then. */
  resize(): boolean {
    const choice = this.#choose();
    if (choice.renderer !== this.renderer && this.#client !== undefined) {
      this.#take(choice);
      return true;
    }
    this.#presenter.resize(this.#pictureWindow());
    return false;
  }

  /** Draws everything again. */
  redraw(): void {
    this.#presenter.resize(this.#pictureWindow());
    this.#presenter.show(this.#hole);
  }

  /** Changes how the picture is shown with text in `place`: over, beside or below it. */
  cover(cover: Cover, place?: CellRectangle): void {
    const hole = cover === "dimmed" ? place : undefined;
    const textTop = cover === "above" ? place?.top : undefined;
    const isSame = JSON.stringify(hole) === JSON.stringify(this.#hole) && textTop === this.#textTop;
    if (cover === this.#cover && isSame) return;
    this.#cover = cover;
    this.#hole = hole;
    this.#textTop = textTop;
    this.redraw();
  }

  /** Shows this text instead of the previous one. */
  showText(screen: TextScreen): void {
    const client = this.#client;
    const cell = this.#text;
    if (client === undefined || cell === undefined) return;
    const bytes = screen.encode();
    // The presenter itself writes the text again after it has cleared the window.
    if (Buffer.compare(bytes, this.#shownText) === 0) return;
    this.#shownText = bytes;
    const into = cell.begin();
    const length = Math.min(bytes.length, into.length);
    into.set(bytes.subarray(0, length));
    cell.finish(length, length < bytes.length ? 0 : screen.pictureStart);
    wakeFrameReader(client.blocks.frames);
  }

  /** An empty screen of the window's size, for text. */
  newText(): TextScreen {
    const window = this.window();
    const key = JSON.stringify(window);
    if (this.#painter?.key !== key)
      this.#painter = {
        key,
        ...menuPainter(this.#settings, this.#capabilities, window, this.#pixelAspect === 1),
      };
    const { colors, painter } = this.#painter;
    return new TextScreen(window.columns, window.rows, colors, painter);
  }

  /** Call when the terminal has reported a frame's arrival. */
  report(): void {
    this.#presenter.report();
  }

  get latencyMicroseconds(): number {
    return this.#presenter.latencyMicroseconds;
  }

  /** Percentage of the picture that is shown exactly: below 100 on slow links only. */
  get exactPercent(): number {
    return this.#presenter.exactPercent;
  }

  /** Resolves when nothing more is written: with false if the presenter is stuck in a write. */
  hold(): Promise<boolean> {
    return this.#presenter.hold();
  }

  /** Ends the presenter. Resolves with false if it was stuck in a write. */
  end(): Promise<boolean> {
    return this.#presenter.end();
  }

  /** The window, with the cell's size from the kernel or the terminal. */
  window(): TerminalWindow {
    return readWindow(this.#capabilities);
  }

  /** True if the last row belongs to the status line. */
  get hasStatusRow(): boolean {
    return this.#settings.statusLine && this.window().rows !== EXACT_ROWS;
  }

  /** Reserves the last row for a message, or frees it, unless it belongs to the status line anyway. */
  setMessageRow(isWanted: boolean): void {
    if (this.#hasMessage === isWanted) return;
    this.#hasMessage = isWanted;
    if (!this.hasStatusRow) this.redraw();
  }

  /** The part of the window for the picture: the status line has the last row. */
  #pictureWindow(): TerminalWindow {
    const window = this.window();
    const area = this.#area;
    const preview = this.#cover === "beside" ? previewArea(window) : undefined;
    if (preview !== undefined) return { ...window, ...preview };
    if (this.#textTop !== undefined) return { ...window, rows: this.#textTop };
    if (area !== undefined) {
      const { columns, rows } = area;
      return { ...window, columns: Math.min(columns, window.columns), rows: Math.min(rows, window.rows) };
    }
    return this.hasStatusRow || this.#hasMessage ? { ...window, rows: Math.max(1, window.rows - 1) } : window;
  }

  /** The smallest window in which the game's text can be read; undefined if it can be read in this one. */
  get windowForText(): { readonly columns: number; readonly rows: number } | undefined {
    const client = this.#client;
    if (client === undefined) return undefined;
    const setup = {
      window: this.#pictureWindow(),
      source: this.#source(client),
      scale: this.#settings.scale,
    };
    const wanted = windowForText(this.renderer, setup);
    const statusRows = this.hasStatusRow ? 1 : 0;
    return wanted && { columns: wanted.columns, rows: wanted.rows + statusRows };
  }

  /** The machine's pixel under a cell of the window; undefined outside the picture. */
  pixelAt(column: number, row: number): PicturePoint {
    const client = this.#client;
    if (client === undefined) return undefined;
    const source = this.#source(client);
    const { scale } = this.#settings;
    const place = placeFor(this.renderer, { window: this.#pictureWindow(), source, scale });
    return place === undefined ? undefined : pictureAt(place.placement, source, column, row);
  }

  /** The window for a strip of small pictures. */
  get stripWindow(): StripWindow {
    const { columns, rows, cellWidthPixels, cellHeightPixels } = this.window();
    const client = this.#client;
    if (client === undefined)
      return { columns, rows, cellWidthPixels, cellHeightPixels, pictureShape: 4 / 3 };
    const { width, height, pixelAspect } = this.#source(client);
    return { columns, rows, cellWidthPixels, cellHeightPixels, pictureShape: (width * pixelAspect) / height };
  }

  /** Width of a pixel over its height. */
  get #pixelAspect(): number {
    const { pixels } = this.#settings;
    const { pixelAspect, televisionAspect = pixelAspect } = this.#client?.ready.geometry ?? UNKNOWN_SHAPE;
    return pixels === "square" ? 1 : pixels === "tv" ? televisionAspect : pixelAspect;
  }

  /** The part of the machine's picture that is shown. */
  #source(client: PictureSource): SourceArea {
    const { width, height } = client.ready.geometry;
    const { overscanLines: wanted } = this.#settings;
    // Only the NES draws lines that televisions did not show.
    const overscanLines = client.blocks.sizes.isRgb === true ? 0 : wanted;
    return {
      x: 0,
      y: overscanLines,
      width,
      height: height - 2 * overscanLines,
      pixelAspect: this.#pixelAspect,
    };
  }

  #choose(): RendererChoice {
    return rendererFor(this.#settings, this.#capabilities, this.#pictureWindow());
  }

  #take({ renderer, reason }: RendererChoice): void {
    this.renderer = renderer;
    this.#painter = undefined;
    this.#log.info(
      { renderer, reason, wanted: this.#settings.renderer, window: this.window() },
      "renderer chosen",
    );
  }

  #start(client: PictureSource): void {
    const presenter = this.#presenter;
    presenter.onPast = ({ position, picture }) => this.past.add(position, picture);
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
      isRgb: client.blocks.sizes.isRgb === true,
      asksForReports: this.#capabilities?.answers ?? false,
      adaptsDetail,
      capabilities: this.#renderCapabilities(window),
    };
    presenter.present(client.blocks, client.description, setup, window);
  }

  #renderCapabilities({ cellHeightPixels }: TerminalWindow): RenderCapabilities {
    const known =
      this.#capabilities === undefined
        ? PLAIN_CAPABILITIES
        : renderCapabilities(this.#capabilities, cellHeightPixels);
    // Moving whole rows of the window would move the text beside the picture.
    const shiftRows = known.shiftRows && !this.hasTextBeside;
    return withColors({ ...known, shiftRows }, this.#settings.colors);
  }
}
