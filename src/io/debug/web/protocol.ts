/**
 * What the debugger and its page send each other over the WebSocket. Text messages are JSON: requests with an
 * `id`, their answers, and events. Binary messages are snapshots of the machine's memories.
 */

export type MemoryName = "cpu" | "ppu" | "oam" | "palette";

/** Size of each memory that the page shows. */
export const MEMORY_BYTES: Readonly<Record<MemoryName, number>> = {
  cpu: 0x10000,
  ppu: 0x4000,
  oam: 0x100,
  palette: 0x20,
};

/** Close code: another page has taken over. */
export const CLOSE_TAKEN = 4001;
/** Close code: the token is wrong. */
export const CLOSE_UNAUTHORIZED = 4003;

export interface RequestMessage {
  readonly id: number;
  readonly method: string;
  readonly params?: object;
}

export interface AnswerMessage {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: string;
}

/** The answer to `auth`: the game, or that another page has it. */
export type Welcome = { readonly busy: true } | ({ readonly busy: false } & DebuggedGameFacts);

export interface DebuggedGameFacts {
  readonly name: string;
  readonly sha1: string;
  readonly region: string;
  readonly frameRateHz: number;
  readonly linesPerFrame: number;
  /** Width of a pixel over its height. */
  readonly pixelAspect: number;
  /** 512 colours by palette index and emphasis, three bytes each, in base64. */
  readonly palette: string;
  readonly files: readonly SourceFileFacts[];
  /** The events at which the program can stop, with a description. */
  readonly events: Readonly<Record<string, string>>;
  readonly warnings: readonly string[];
}

export interface SourceFileFacts {
  /** Number of the file in the debug information. */
  readonly file: number;
  readonly name: string;
}

/** A place in the code. */
export interface PlaceFacts {
  readonly address: number;
  readonly prgOffset: number;
  readonly file?: number;
  readonly line?: number;
}

export interface StackFrameFacts extends PlaceFacts {
  readonly name: string;
  /** How the routine was entered: "call", "nmi", "irq" or "brk". The outermost has none. */
  readonly kind?: string;
}

export interface RegisterFacts {
  readonly name: string;
  readonly value: number;
  /** Hexadecimal digits; 0 for decimal numbers. */
  readonly digits: number;
  readonly isEditable: boolean;
}

export interface RegisterGroupFacts {
  readonly name: string;
  readonly registers: readonly RegisterFacts[];
}

export interface VariableFacts {
  readonly name: string;
  readonly value: string;
  readonly type: string;
}

export interface WatchFacts {
  readonly expression: string;
  readonly value?: string;
  readonly error?: string;
}

export interface BreakpointFacts {
  readonly id: number;
  readonly kind: "code" | "access" | "event";
  readonly text: string;
  readonly isEnabled: boolean;
  readonly condition: string;
  readonly hitCondition: string;
  readonly logMessage: string;
  readonly hits: number;
  /** The reason why it is not set, for example because the rebuilt ROM has no such line. */
  readonly error?: string;
  /** Where it is, if it is at an instruction. */
  readonly place?: PlaceFacts;
}

/** Everything that the page shows of a program in text, except code. */
export interface DebugState {
  readonly event: "state";
  /** The direction in which the program is running; undefined if it is stopped. */
  readonly moving?: "forward" | "back";
  readonly stop?: { readonly reason: string; readonly text: string; readonly breakpoints: readonly number[] };
  /** In instructions. */
  readonly position: number;
  readonly start: number;
  readonly end: number;
  readonly frame: number;
  readonly startFrame: number;
  /** Changes when memory or code may have changed. */
  readonly version: number;
  readonly registers: readonly RegisterGroupFacts[];
  readonly stack: readonly StackFrameFacts[];
  readonly locals: readonly VariableFacts[];
  readonly watches: readonly WatchFacts[];
  readonly breakpoints: readonly BreakpointFacts[];
}

interface NoticeMessage {
  readonly event: "notice";
  readonly kind: "log" | "problem" | "info";
  readonly text: string;
}

/** The game was loaded again. */
interface ReloadedMessage {
  readonly event: "reloaded";
  readonly game: DebuggedGameFacts;
}

export type EventMessage = DebugState | NoticeMessage | ReloadedMessage;

/** Which memories the page wants in snapshots. */
export interface WantedViews {
  readonly ppu: boolean;
  readonly events: boolean;
  readonly memory?: { readonly space: MemoryName; readonly first: number; readonly bytes: number };
}

/**
 * The header of a snapshot. The message has its length (32 bits, little-endian), the header as JSON, and the
 * blocks in this order.
 */
export interface SnapshotHeader {
  /** Sent back in `ack`. */
  readonly serial: number;
  readonly frame: number;
  readonly position: number;
  readonly isStopped: boolean;
  readonly width: number;
  readonly height: number;
  /** Bytes per pixel of the block "picture". */
  readonly pixelBytes: 1 | 2;
  readonly ppu: PpuFacts;
  readonly events?: { readonly base: number };
  readonly memory?: { readonly space: MemoryName; readonly first: number };
  readonly blocks: readonly (readonly [name: SnapshotBlock, bytes: number])[];
}

/** "fresh" has a bit for each byte of "memory": 1 if nothing has written it. */
export type SnapshotBlock = "picture" | "video" | "oam" | "events" | "memory" | "fresh";

export interface PpuFacts {
  readonly line: number;
  readonly dot: number;
  readonly control: number;
  readonly mask: number;
  /** Scroll position in pixels, 0–511 and 0–479, from t and fine X. */
  readonly scrollX: number;
  readonly scrollY: number;
}

/** Size of an event in the block "events", and the offsets of its fields; all numbers are little-endian. */
export const FRAME_EVENT_BYTES = 16;
export const EVENT_LINE = 0;
export const EVENT_DOT = 2;
export const EVENT_ADDRESS = 4;
export const EVENT_VALUE = 6;
export const EVENT_KIND = 7;
export const EVENT_PC = 8;
/** 1 if it belongs to the previous frame. */
export const EVENT_IS_OLD = 10;
/** 32 bits: number of instructions after `base`. */
export const EVENT_OFFSET = 12;

export const KIND_READ = 0;
export const KIND_WRITE = 1;
export const KIND_NMI = 2;
export const KIND_IRQ = 3;

export interface DisassemblyRow {
  readonly address: number;
  readonly prgOffset: number;
  readonly bytes: string;
  readonly text: string;
  /** A label at this address. */
  readonly label?: string;
  /** How often it was executed. */
  readonly count: number;
}

export interface SourceText {
  readonly file: number;
  readonly text: string;
  /** Lines with code. */
  readonly lines: readonly number[];
}

export interface TraceRow {
  /** Position of the instruction. */
  readonly position: number;
  readonly text: string;
}

export interface PastWriteFacts {
  readonly position: number;
  readonly text: string;
  readonly place: PlaceFacts;
}

export interface FlameNode {
  readonly name: string;
  /** CPU cycles, with those of its children. */
  readonly cycles: number;
  readonly children: readonly FlameNode[];
}

export interface ProfileFacts {
  /** The frames that were measured: fewer than asked for if the past has fewer. */
  readonly frames: number;
  readonly cycles: number;
  readonly routines: readonly { readonly name: string; readonly self: number; readonly total: number }[];
  readonly flame: FlameNode;
}

export interface ByteFacts {
  readonly text: string;
}
