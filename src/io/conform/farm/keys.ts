/** How long runs, files and queues stay in Redis after their last use. */
export const KEEP_SECONDS = 86_400;

/** The most values that one command asks for. */
export const BATCH = 500;

/** All keys of the farm in Redis begin with this. */
export const PREFIX = "emufarm";

/** The key of a file's bytes. */
export function fileKey(sha256: string): string {
  return `${PREFIX}:file:${sha256}`;
}

/** The keys of a run. */
export interface RunKeys {
  /** Sorted set: submitters, scored by when they were last seen. Jobs are only executed while it exists. */
  readonly lease: string;
  /** Hash of results by index of the test. */
  readonly results: string;
  /** List of indexes in the order of their results. */
  readonly done: string;
  /** Hash: for each test the workers that have begun it, or a mark if it has a result. */
  readonly starts: string;
  /** Hash of texts about executions that disagree. */
  readonly broken: string;
  /** Hash: for each test the number of times that Redis had lost a file of it. */
  readonly lost: string;
  /** Hash: for each test that was given back to the queue, the id of its job. */
  readonly moved: string;
}

export function runKeys(run: string): RunKeys {
  const key = (name: string): string => `${PREFIX}:run:${run}:${name}`;
  return {
    lease: key("lease"),
    results: key("results"),
    done: key("done"),
    starts: key("starts"),
    broken: key("broken"),
    lost: key("lost"),
    moved: key("moved"),
  };
}

/** The sorted set of workers: each one's build and name, scored by the time it was last seen. */
export const WORKERS_KEY = `${PREFIX}:workers`;

/** Workers only take jobs of their own build of emu. */
export function queueName(build: string): string {
  return `conform-${build}`;
}

/** The key of a job, or of a list of BullMQ such as "failed". */
export function jobKey(build: string, id: string): string {
  return `${PREFIX}:${queueName(build)}:${id}`;
}

export function jobId(run: string, firstIndex: number): string {
  return `${run}-${firstIndex}`;
}
