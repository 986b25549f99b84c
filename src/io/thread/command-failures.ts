/** More than the ring's commands, so that every waiting caller still finds its own failure. */
const MAX_FAILURES = 4096;

/** Failed commands that the machine thread has reported. */
export interface CommandFailures {
  /** Number of messages so far (wraps like the ring's count). */
  heard: number;
  /** The newest errors by ticket. Errors of commands without a waiting caller are never read. */
  readonly errors: Map<number, Error>;
}

/** Adds the failure of the command with this ticket. */
export function noteFailure(failures: CommandFailures, ticket: number, error: Error): void {
  const { errors } = failures;
  errors.set(ticket, error);
  failures.heard = (failures.heard + 1) | 0;
  for (const oldest of errors.keys()) {
    if (errors.size <= MAX_FAILURES) break;
    errors.delete(oldest);
  }
}
