/** The methods of a logger, a part of pino's. Code that logs is given one. */
export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

const nothing = (): void => {};

/** Logs nothing. */
export const NO_LOG: Log = { debug: nothing, info: nothing, warn: nothing, error: nothing };
