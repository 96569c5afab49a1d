import { type Options, SingleBar } from 'cli-progress';

export interface ShownProgress {
  /** What is being done; another title begins another bar or line. */
  readonly title: string;
  readonly done: number;
  readonly total?: number | undefined;
  /** How a number is shown; default as it is. */
  readonly format?: ((value: number) => string) | undefined;
}

/** Tells on stderr how long work goes: a bar on a terminal, a line per title elsewhere. */
export interface ProgressView {
  update(progress: ShownProgress): void;
  /** Prints a line of its own. */
  line(text: string): void;
  stop(): void;
}

export function openProgressView(): ProgressView {
  return process.stderr.isTTY ? new Bar() : new Lines();
}

class Bar implements ProgressView {
  #bar: SingleBar | undefined;
  #title = '';

  update(progress: ShownProgress): void {
    const { title, format: show = String } = progress;
    if (title !== this.#title) {
      this.stop();
      this.#title = title;
      // Without a total the bar would lie: then only the count is shown.
      const format =
        progress.total === undefined ? `${title} {value}` : `${title} {bar} {value}/{total} {eta_formatted}`;
      const formatValue = (value: number, _: Options, type: string) =>
        type === 'value' || type === 'total' ? show(value) : String(value);
      this.#bar = new SingleBar({
        format,
        formatValue,
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

  update({ title }: ShownProgress): void {
    if (title === this.#title) return;
    this.#title = title;
    this.line(title);
  }

  line(text: string): void {
    process.stderr.write(`${text}\n`);
  }

  stop(): void {}
}
