import type { TokenBatch } from './plan.js';

/** A place where the model runs, one job at a time: this thread (model.ts) or a worker (worker-lane.ts). */
export interface Lane extends Disposable {
  /** Tokenizer and runtime with their versions. */
  readonly id: string;
  /** The token ids of each text. */
  tokenize(texts: readonly string[]): Promise<number[][]>;
  /** Embeddings, shape [batch.count, DIMENSION]. */
  run(batch: TokenBatch): Promise<Float32Array>;
}

/**
 * Gives each job to the next free lane. When a job fails or the signal aborts, no further job starts; the promise
 * rejects (with the first failure, or `signal.reason`) once the jobs in flight have ended.
 */
export async function spread<Job>(
  lanes: readonly Promise<Lane>[],
  jobs: readonly Job[],
  signal: AbortSignal | undefined,
  work: (lane: Lane, job: Job) => Promise<void>,
): Promise<void> {
  let next = 0;
  let failure: { readonly error: unknown } | undefined;
  await Promise.all(
    lanes.map(async (starting) => {
      try {
        const lane = await starting;
        while (next < jobs.length && failure === undefined) {
          signal?.throwIfAborted();
          await work(lane, jobs[next++]!);
        }
      } catch (error) {
        failure ??= { error };
      }
    }),
  );
  if (failure !== undefined) throw failure.error;
}
