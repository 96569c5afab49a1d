import { SingleBar } from 'cli-progress';
import type { AuditProgress } from '../audit/audit-options.js';

/** Tells on stderr how an audit goes: a count of rows on a terminal, a line per file elsewhere. */
export class AuditProgressView {
  #bar: SingleBar | undefined;
  #title = '';

  update({ stage, file, done }: AuditProgress): void {
    const title = file === undefined ? `${stage} texts` : `${stage} ${file}`;
    if (title !== this.#title) {
      this.stop();
      this.#title = title;
      if (process.stderr.isTTY) {
        const format = `${title}: {value}`;
        this.#bar = new SingleBar({ format, clearOnComplete: true, hideCursor: true, stream: process.stderr });
        this.#bar.start(0, 0);
      } else process.stderr.write(`${title}\n`);
    }
    this.#bar?.update(done);
  }

  stop(): void {
    this.#bar?.stop();
    this.#bar = undefined;
  }
}
