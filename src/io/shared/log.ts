/** What a logger can do here: a part of pino's. Whoever has something to say is given one. */
export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

const nothing = (): void => {};

/** Says nothing. */
export const NO_LOG: Log = { debug: nothing, info: nothing, warn: nothing, error: nothing };
