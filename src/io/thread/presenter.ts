import { sharedNowMs } from "../ffi/clock.ts";
import { CLEAR_SCREEN, RESET_ATTRIBUTES } from "../render/ansi.ts";
import type { ColorMode, Encoder, EncoderSetup } from "../render/encoder.ts";
import { createEncoder, type RendererName } from "../render/encoders.ts";
import { pastTmux } from "../render/passthrough.ts";
import { DELETE_KITTY_IMAGES } from "../render/pixels/kitty.ts";
import type { TerminalWindow } from "../render/scale.ts";
import { MIN_COLUMNS, MIN_ROWS } from "../render/scale.ts";
import type { CellBlock, SharedBlocks } from "../shared/layout.ts";
import { CELL_FINISHED } from "../shared/layout-words.ts";
import type { Log } from "../shared/log.ts";
import { readSnapshot } from "../shared/snapshot-cell.ts";
import { PresenterStats } from "../shared/stats.ts";
import { TripleBufferReader } from "../shared/triple-buffer.ts";
import { reportRequest } from "../terminal/frame-report.ts";
import { tmuxPane } from "../terminal/tmux-pane.ts";
import { FlowControl } from "./flow-control.ts";
import { type PastPicture, PastSampler } from "./past-sampler.ts";
import {
  PRESENTER_CUT_OFF,
  PRESENTER_ENDED,
  PresenterInbox,
  WANT_COVER,
  WANT_END,
  WANT_HOLD,
} from "./presenter-orders.ts";
import { TerminalWriter } from "./terminal-writer.ts";

/** Everything about the picture except the window, which changes while it runs. */
export interface PresenterSetup extends Omit<EncoderSetup, "window"> {
  readonly renderer: RendererName;
  /** True if the terminal replies, so that each frame can be followed by a report request. */
  readonly asksForReports: boolean;
  /** True if pictures on a slow link may have less detail until they stand still. */
  readonly adaptsDetail: boolean;
}

/** Longest sleep: an order that missed the wake-up is seen then. */
const SLEEP_MS = 50;
/** A picture without full detail is completed if no other has come for this long. */
const COMPLETE_AFTER_MS = 20;
/** A larger jump in the frame number is a loaded state, not dropped frames. */
const MAX_DROPPED_AT_ONCE = 100_000;
/** Longest wait for a report, so that orders are seen. */
const REPORT_WAIT_MS = 10;
/** Renderers whose images replace the text in their cells. */
const OVER_TEXT: readonly RendererName[] = ["iterm2", "sixel"];
/** The colour around the picture, whatever the terminal's own background is. */
const BLACK_BACKGROUND: Readonly<Record<ColorMode, string>> = {
  true: "\x1b[48;2;0;0;0m",
  256: "\x1b[48;5;16m",
  16: "\x1b[40m",
  mono: "",
};

/**
 * The presenter's loop: takes the newest frame, encodes it, and blocks in `write` until the terminal has
 * accepted it. It skips frames that come meanwhile, so a slow terminal costs frames, but neither latency nor
 * the machine's time.
 */
export class Presenter {
  readonly #setup: PresenterSetup;
  readonly #writer: TerminalWriter;
  readonly #log: Log;
  readonly #frames: TripleBufferReader;
  readonly #stats: PresenterStats;
  readonly #inbox: PresenterInbox;
  readonly #flow: FlowControl | undefined;
  readonly #reportRequest: Uint8Array;
  #reports = 0;
  #encoder: Encoder | undefined;
  #out = new Uint8Array(0);
  #lastFrame = -1;
  readonly #overlay: CellBlock;
  /** Version of the text that the terminal shows; 0 for none. */
  #shownText = 0;
  /** The bytes of the still picture that the terminal shows with the text. */
  #shownPicture: Uint8Array | undefined;
  readonly #past: PastSampler;
  #isHeld = true;
  /** True if every picture hides the text over it, which is then written again. */
  #isOverText = false;
  /** Size of the pictures that the encoder takes; 0 before the first. */
  #width = 0;
  #height = 0;

  /** `fd` is the terminal's descriptor. `keep` gets small pictures of what is shown. */
  constructor(
    blocks: SharedBlocks,
    setup: PresenterSetup,
    fd: number,
    log: Log,
    keep: (picture: PastPicture) => void,
  ) {
    this.#setup = setup;
    this.#past = new PastSampler(blocks, keep);
    this.#log = log;
    this.#frames = new TripleBufferReader(blocks.frames);
    this.#stats = new PresenterStats(blocks.stats);
    this.#inbox = new PresenterInbox(blocks.stats);
    this.#writer = new TerminalWriter(fd, setup.capabilities.synchronizedOutput, this.#inbox);
    this.#overlay = blocks.overlay;
    this.#flow = setup.asksForReports ? new FlowControl() : undefined;
    this.#reportRequest = reportRequest(setup.capabilities.pastTmux);
    this.#reports = this.#inbox.reports;
  }

  /** Runs until main ends it or the terminal is gone. */
  run(): void {
    let obeyed = -1;
    // The presenter before this one may have left a frame, and a paused machine publishes no other.
    let hasFrame = this.#frames.timeMs > 0;
    try {
      for (;;) {
        this.#stats.beat();
        const { order } = this.#inbox;
        const isChanged = order !== obeyed;
        if (isChanged) {
          if (this.#inbox.wanted === WANT_END) break;
          this.#isHeld = this.#inbox.wanted === WANT_HOLD;
          if (this.#isHeld) this.#forget();
          else this.#prepare(this.#inbox.wanted === WANT_COVER);
          obeyed = order;
          this.#inbox.obeyed(order);
        }
        if (!isChanged && this.#mustWait()) continue;
        const isFresh = this.#frames.acquire();
        hasFrame ||= isFresh;
        if (isFresh && this.#hasNewSize) this.#prepare(this.#inbox.wanted === WANT_COVER);
        if (this.#encoder !== undefined && (isFresh || (isChanged && hasFrame))) this.#show(isFresh);
        else if (!isChanged && !this.#hasNewText()) this.#rest(hasFrame);
        // After a write that took long, the terminal may belong to another program.
        if (this.#inbox.order !== obeyed) continue;
        if (this.#hasNewText()) this.#showText();
        // There is no picture yet, or no room for one.
        if (this.#writer.isHolding) this.#writer.flush();
      }
      this.#forget();
      this.#inbox.setState(PRESENTER_ENDED);
      this.#inbox.obeyed(this.#inbox.order);
    } catch (error) {
      if (!isGoneAway(error)) throw error;
      this.#log.info({ error: String(error) }, "the terminal accepts no more bytes");
      this.#inbox.setState(PRESENTER_CUT_OFF);
    }
  }

  /** Sleeps until there is something to show, or completes a picture without full detail. */
  #rest(hasFrame: boolean): void {
    const isComplete = !hasFrame || (this.#encoder?.exactShare ?? 1) === 1;
    const isFresh = this.#frames.waitForFrame(isComplete ? SLEEP_MS : COMPLETE_AFTER_MS);
    if (!isComplete && !isFresh) this.#show(false);
  }

  /**
   * Processes the terminal's reports. If a frame would only queue up, waits for a report and returns true.
   */
  #mustWait(): boolean {
    const flow = this.#flow;
    if (flow === undefined) return false;
    const { reports } = this.#inbox;
    if (reports !== this.#reports) {
      flow.answered((reports - this.#reports) | 0, sharedNowMs());
      this.#reports = reports;
      this.#inbox.setLatency(Math.round(flow.latencyMs * 1000));
    }
    if (flow.mayBeSent(sharedNowMs())) return false;
    this.#inbox.waitForReport(reports, REPORT_WAIT_MS);
    return true;
  }

  /** True if the held frame has another size than the encoder takes. */
  get #hasNewSize(): boolean {
    if (this.#encoder === undefined || this.#setup.isRgb !== true) return false;
    return this.#frames.width !== this.#width || this.#frames.height !== this.#height;
  }

  /** Stops the picture: the terminal belongs to another program now. */
  #forget(): void {
    this.#writer.drop();
    this.#encoder?.close?.();
    this.#encoder = undefined;
  }

  /** Makes the encoder for the current window. Its first picture clears the screen around it. */
  #prepare(isCovered: boolean): void {
    const passthrough = this.#setup.capabilities.pastTmux ? tmuxPane() : undefined;
    const { width, height } = this.#frames;
    this.#width = width;
    this.#height = height;
    const { window } = this.#inbox;
    const capabilities = {
      ...this.#setup.capabilities,
      // Moving whole rows of the window would move the text beside the picture.
      shiftRows: this.#setup.capabilities.shiftRows && window.left === 0,
    };
    const setup: EncoderSetup = {
      ...this.#setup,
      capabilities,
      ...(width > 0 && this.#setup.isRgb === true ? sized(this.#setup, width, height) : {}),
      window,
      ...(passthrough === undefined ? {} : { passthrough }),
      ...(isCovered ? { ...dimmed(this.#setup), hole: this.#inbox.hole } : {}),
    };
    this.#forgetText();
    const { renderer } = this.#setup;
    this.#isOverText = isCovered && OVER_TEXT.includes(renderer);
    const { columns, rows } = setup.window;
    this.#encoder?.close?.();
    this.#encoder = createEncoder(renderer, setup);
    // Clearing the screen removes images, but tmux does not clear the outer terminal's.
    let text =
      (this.#setup.capabilities.pastTmux ? pastTmux(DELETE_KITTY_IMAGES) : "") +
      RESET_ATTRIBUTES +
      BLACK_BACKGROUND[setup.capabilities.colors] +
      CLEAR_SCREEN +
      (setup.capabilities.erasesInColor ? "" : spaces(setup.window)) +
      RESET_ATTRIBUTES;
    const isShown = this.#encoder !== undefined;
    this.#log.debug({ renderer, columns, rows, isCovered, isShown }, "encoder made");
    if (this.#encoder === undefined) text += tooSmall(columns, rows);
    else if (this.#out.length < this.#encoder.maxFrameBytes + this.#reportRequest.length)
      this.#out = new Uint8Array(this.#encoder.maxFrameBytes + this.#reportRequest.length);
    const bytes = new TextEncoder().encode(text);
    this.#writer.drop();
    this.#writer.hold(bytes, bytes.length);
  }

  #show(isFresh: boolean): void {
    const encoder = this.#encoder!;
    if (this.#flow !== undefined && this.#setup.adaptsDetail) encoder.limitBytes = this.#flow.limitBytes;
    let length = encoder.encode(this.#frames.pixels, this.#out);
    this.#inbox.setExact(encoder.exactShare ?? 1);
    if (this.#flow !== undefined && length > 0) {
      this.#out.set(this.#reportRequest, length);
      length += this.#reportRequest.length;
      const nowMs = sharedNowMs();
      // A frame that is only completed or redrawn is old, but not late.
      this.#flow.sent(isFresh ? this.#frames.timeMs : nowMs, nowMs, length);
    }
    if (this.#isOverText && length > 0) this.#forgetText();
    // The first picture after the window was cleared comes together with its text.
    if (this.#writer.isHolding && this.#hasNewText()) this.#writer.hold(this.#out, length);
    else this.#writer.write(this.#out, length);
    if (!isFresh) return;
    this.#samplePast();
    const { frame } = this.#frames;
    const passedOver = frame - this.#lastFrame - 1;
    if (this.#lastFrame >= 0 && passedOver > 0 && passedOver < MAX_DROPPED_AT_ONCE)
      this.#stats.dropped(passedOver);
    this.#lastFrame = frame;
    this.#stats.presented(length);
  }

  #samplePast(): void {
    const { isRgb, frameWidth, source, palette } = this.#setup;
    const { pixels, width, height } = this.#frames;
    if (isRgb !== true) this.#past.offer(pixels, { frameWidth, source, palette });
    else {
      const size = width > 0 ? sized(this.#setup, width, height) : { frameWidth, source };
      this.#past.offer(pixels, { ...size, palette: undefined });
    }
  }

  /** The image hides the text. */
  #forgetText(): void {
    this.#shownText = 0;
    this.#shownPicture = undefined;
  }

  #hasNewText(): boolean {
    return !this.#isHeld && Atomics.load(this.#overlay.words, CELL_FINISHED) !== this.#shownText;
  }

  /** Main has already placed the text, over the picture or beside it. */
  #showText(): void {
    const text = readSnapshot(this.#overlay);
    if (text === undefined) return;
    this.#shownText = text.version;
    const { bytes, tag: pictureStart } = text;
    const picture = pictureStart === 0 ? undefined : bytes.subarray(pictureStart);
    // A large picture is not sent again with every change of the text around it.
    const isShown =
      picture !== undefined &&
      this.#shownPicture !== undefined &&
      Buffer.compare(picture, this.#shownPicture) === 0;
    this.#shownPicture = picture;
    this.#writer.write(bytes, isShown ? pictureStart : bytes.length);
  }
}

/** A picture of another size, shown on a screen of the same shape. */
function sized(
  { source }: PresenterSetup,
  width: number,
  height: number,
): Pick<EncoderSetup, "frameWidth" | "frameHeight" | "source"> {
  const shape = (source.pixelAspect * source.width) / source.height;
  const area = { x: 0, y: 0, width, height, pixelAspect: (shape * height) / width };
  return { frameWidth: width, frameHeight: height, source: area };
}

/** The picture behind text: at half the brightness, and its rows do not move. */
function dimmed({
  palette,
  capabilities,
}: PresenterSetup): Pick<EncoderSetup, "palette" | "capabilities" | "isDimmed"> {
  return {
    palette: palette.map((color) => (color >> 1) & 0x7f7f7f),
    isDimmed: true,
    capabilities: { ...capabilities, shiftRows: false },
  };
}

/** Fills the picture's part of the window with spaces. */
function spaces({ left = 0, top = 0, columns, rows }: TerminalWindow): string {
  const line = " ".repeat(columns);
  return Array.from({ length: rows }, (_, row) => `\x1b[${top + row + 1};${left + 1}H${line}`).join("");
}

function isGoneAway(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === "EIO" || code === "EPIPE" || code === "EBADF" || code === "ENXIO";
}

/** A message for a window that is too small for a picture, broken into lines of its width. */
function tooSmall(columns: number, rows: number): string {
  // Without the size: a row of the window may belong to the status line.
  const missing = [
    [MIN_COLUMNS - columns, "column"],
    [MIN_ROWS - rows, "row"],
  ] as const;
  const needs = missing
    .filter(([count]) => count > 0)
    .map(([count, what]) => `${count} more ${what}${count === 1 ? "" : "s"}`);
  const words = `window too small: needs ${needs.join(" and ")}`.split(" ");
  const lines: string[] = [];
  for (const word of words) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= columns)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word.slice(0, columns));
  }
  return lines
    .slice(0, rows)
    .map((line, index) => `\x1b[${index + 1};1H${line}`)
    .join("");
}
