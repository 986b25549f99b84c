import {
  type AnswerMessage,
  CLOSE_TAKEN,
  CLOSE_UNAUTHORIZED,
  type EventMessage,
  type Welcome,
} from "../../web/protocol.ts";

/** "busy": another page has the game; "taken": it has taken it from this one. */
export type LinkStatus = "connecting" | "open" | "busy" | "taken" | "lost" | "unauthorized";

export interface LinkEvents {
  onStatus(status: LinkStatus): void;
  onWelcome(welcome: Welcome & { readonly busy: false }): void;
  onEvent(message: EventMessage): void;
  onSnapshot(message: ArrayBuffer): void;
}

interface PendingRequest {
  resolve(result: unknown): void;
  reject(error: Error): void;
}

const RETRY_MS = 1000;

/** The connection to the debugger. It connects again after it was lost. */
export class Link {
  readonly #events: LinkEvents;
  readonly #pending = new Map<number, PendingRequest>();
  readonly #token = new URLSearchParams(location.hash.slice(1)).get("token") ?? "";
  readonly #page = pageId();
  #socket: WebSocket | undefined;
  #id = 0;

  constructor(events: LinkEvents) {
    this.#events = events;
  }

  connect(takeOver = false): void {
    this.#events.onStatus("connecting");
    this.#socket?.close();
    const socket = new WebSocket(`ws://${location.host}/debug`);
    socket.binaryType = "arraybuffer";
    this.#socket = socket;
    socket.onopen = () => void this.#authorize(takeOver);
    socket.onmessage = ({ data }) => {
      if (socket === this.#socket) this.#receive(data as string | ArrayBuffer);
    };
    socket.onclose = ({ code }) => {
      if (socket === this.#socket) this.#lose(code);
    };
  }

  /** Sends a request. Rejects with an error for the user. */
  request<T = unknown>(method: string, params: object = {}): Promise<T> {
    const id = ++this.#id;
    if (this.#socket?.readyState !== WebSocket.OPEN) return Promise.reject(new Error("not connected"));
    this.#socket.send(JSON.stringify({ id, method, params }));
    return new Promise<T>((resolve, reject) => {
      this.#pending.set(id, { resolve: (result) => resolve(result as T), reject });
    });
  }

  async #authorize(takeOver: boolean): Promise<void> {
    try {
      const welcome = await this.request<Welcome>("auth", { token: this.#token, page: this.#page, takeOver });
      if (welcome.busy) this.#events.onStatus("busy");
      else {
        this.#events.onWelcome(welcome);
        this.#events.onStatus("open");
      }
    } catch {
      // The close event has the reason.
    }
  }

  #receive(data: string | ArrayBuffer): void {
    if (typeof data !== "string") {
      this.#events.onSnapshot(data);
      return;
    }
    const message = JSON.parse(data) as AnswerMessage | EventMessage;
    if ("event" in message) {
      this.#events.onEvent(message);
      return;
    }
    const pending = this.#pending.get(message.id);
    this.#pending.delete(message.id);
    if (message.error === undefined) pending?.resolve(message.result);
    else pending?.reject(new Error(message.error));
  }

  #lose(code: number): void {
    for (const { reject } of this.#pending.values()) reject(new Error("the connection was lost"));
    this.#pending.clear();
    if (code === CLOSE_TAKEN) this.#events.onStatus("taken");
    else if (code === CLOSE_UNAUTHORIZED) this.#events.onStatus("unauthorized");
    else {
      this.#events.onStatus("lost");
      setTimeout(() => this.connect(), RETRY_MS);
    }
  }
}

/** Identifies this tab, also after it was loaded again. */
function pageId(): string {
  const known = sessionStorage.getItem("emu-page");
  if (known !== null) return known;
  const id = crypto.getRandomValues(new Uint32Array(4)).join("-");
  sessionStorage.setItem("emu-page", id);
  return id;
}
