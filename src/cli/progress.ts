import { SingleBar } from 'cli-progress';
import type { EvaluationProgress } from '../evaluation/evaluate.js';

/** Tells on stderr how an evaluation goes: a bar on a terminal, a line per stage elsewhere. */
export interface ProgressView {
  update(progress: EvaluationProgress): void;
  /** Prints a line of its own. */
  line(text: string): void;
  stop(): void;
}

export function openProgressView(): ProgressView {
  return process.stderr.isTTY ? new Bar() : new Lines();
}

function titleOf({ task, profile, stage }: EvaluationProgress): string {
  return `${task} ${profile}: ${stage}`;
}

class Bar implements ProgressView {
  #bar: SingleBar | undefined;
  #title = '';

  update(progress: EvaluationProgress): void {
    const title = titleOf(progress);
    if (title !== this.#title) {
      this.stop();
      this.#title = title;
      // Without a total the bar would lie: then only the count is shown.
      const format =
        progress.total === undefined ? `${title} {value}` : `${title} {bar} {value}/{total} {eta_formatted}`;
      this.#bar = new SingleBar({
        format,
        barsize: 30,
        clearOnComplete: true,
        hideCursor: true,
        stream: process.stderr,
      });
      this.#bar.start(progress.total ?? 0, 0);
    }
    if (progress.total !== undefined) this.#bar?.setTotal(progress.total);
    this.#bar?.update(progress.done);
  }

  line(text: string): void {
    this.stop();
    process.stderr.write(`${text}\n`);
  }

  stop(): void {
    this.#bar?.stop();
    this.#bar = undefined;
    this.#title = '';
  }
}

class Lines implements ProgressView {
  #title = '';

  update(progress: EvaluationProgress): void {
    const title = titleOf(progress);
    if (title === this.#title) return;
    this.#title = title;
    this.line(title);
  }

  line(text: string): void {
    process.stderr.write(`${text}\n`);
  }

  stop(): void {}
}
