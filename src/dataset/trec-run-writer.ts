import { InputError } from '../common/errors.js';
import { AtomicFile } from '../common/write-atomic.js';
import type { Ranking } from '../rank/ranking.js';

const blockLength = 1 << 16;

/**
 * Writes rankings one by one as a TREC run, `query Q0 document rank score tag`. Scores are written in the shortest form
 * that reads back as the same number. The file appears under its name on `commit`; `discard` leaves nothing.
 */
export class TrecRunWriter {
  readonly #file: AtomicFile;
  readonly #tag: string;
  #pending = '';

  private constructor(file: AtomicFile, tag: string) {
    this.#file = file;
    this.#tag = tag;
  }

  /** `tag` names the run in every row. Throws InputError if the tag holds whitespace or the file cannot be written. */
  static async create(path: string, tag: string): Promise<TrecRunWriter> {
    checkField(path, 'tag', tag);
    return new TrecRunWriter(await AtomicFile.create(path), tag);
  }

  /**
   * A safeguard positive comes last, with score 0. Throws InputError naming the id that holds whitespace, or the
   * document whose score is NaN.
   */
  async write({ queryId, documentIds, scores, safeguard }: Ranking): Promise<void> {
    const { path } = this.#file;
    checkField(path, 'query id', queryId);
    if (queryId.startsWith('#')) throw new InputError(`${path}: query id "${queryId}" would read as a comment`);
    const rows = safeguard === undefined ? documentIds : [...documentIds, safeguard];
    let block = '';
    for (const [i, documentId] of rows.entries()) {
      checkField(path, 'document id', documentId);
      const score = i < documentIds.length ? scores[i] : 0;
      if (score === undefined || Number.isNaN(score)) {
        throw new InputError(`${path}: query "${queryId}": the score of document "${documentId}" is ${score}`);
      }
      block += `${queryId} Q0 ${documentId} ${i + 1} ${score} ${this.#tag}\n`;
    }
    this.#pending += block;
    if (this.#pending.length >= blockLength) await this.#flush();
  }

  async commit(): Promise<void> {
    await this.#flush();
    await this.#file.commit();
  }

  /** Leaves nothing behind. Safe after commit or a failure. */
  async discard(): Promise<void> {
    await this.#file.discard();
  }

  async #flush(): Promise<void> {
    const text = this.#pending;
    this.#pending = '';
    await this.#file.write(text);
  }
}

function checkField(path: string, what: string, text: string): void {
  if (text === '') throw new InputError(`${path}: a TREC run cannot hold an empty ${what}`);
  // C's isspace, which is what trec_eval and our reader split at.
  if (/[\t-\r ]/.test(text)) {
    throw new InputError(
      `${path}: a TREC run cannot hold the ${what} ${JSON.stringify(text)}: it has whitespace in it`,
    );
  }
}
