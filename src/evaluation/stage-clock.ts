/**
 * What a task's wall time goes into: `open` (queries and judgements are read), `read` (the corpus is), `analyze` (texts
 * into tokens, with opening the analyzer), `encode`, `index` (what is left once the last document is in), `search` and
 * `measure` (metrics, and writing a run).
 */
export type Stage = 'open' | 'read' | 'analyze' | 'encode' | 'index' | 'search' | 'measure';

/** Tells whose time it is: one stage follows another, and each has the time until the next begins. */
export class StageClock {
  readonly #milliseconds = new Map<Stage, number>();
  /** None before the first and between two profiles. */
  #stage: Stage | undefined;
  #since = 0;

  enter(stage: Stage): void {
    this.#stop();
    this.#stage = stage;
  }

  /** Seconds of each stage since the last call, rounded to milliseconds, in the order in which they ended first. */
  take(): Record<string, number> {
    this.#stop();
    const entries = [...this.#milliseconds].map(([stage, time]) => [stage, Math.round(time) / 1000]);
    this.#milliseconds.clear();
    return Object.fromEntries(entries);
  }

  #stop(): void {
    const now = performance.now();
    if (this.#stage !== undefined) {
      this.#milliseconds.set(this.#stage, (this.#milliseconds.get(this.#stage) ?? 0) + now - this.#since);
    }
    this.#stage = undefined;
    this.#since = now;
  }
}
