import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { AtomicFile } from '../common/write-atomic.js';

const compress = promisify(gzip);

/** Writes what is kept of a training file, in pieces, compressed when its name ends in `.gz`. */
export class RowWriter {
  readonly #file: AtomicFile;
  readonly #packed: boolean;
  #isEmpty = true;

  private constructor(file: AtomicFile, packed: boolean) {
    this.#file = file;
    this.#packed = packed;
  }

  static async create(path: string): Promise<RowWriter> {
    return new RowWriter(await AtomicFile.create(path), path.endsWith('.gz'));
  }

  async write(bytes: Uint8Array): Promise<void> {
    if (bytes.length === 0) return;
    this.#isEmpty = false;
    // Members of a gzip file stand one behind the other (RFC 1952, 2.2).
    await this.#file.write(this.#packed ? await compress(bytes) : bytes);
  }

  /** Writes `source` but for the stretches of it, which ascend and may repeat. */
  async writeWithout(source: Uint8Array, stretches: readonly { begin: number; end: number }[]): Promise<void> {
    let kept = 0;
    const pieces: Uint8Array[] = [];
    for (const { begin, end } of stretches) {
      if (begin < kept) continue;
      pieces.push(source.subarray(kept, begin));
      kept = end;
    }
    pieces.push(source.subarray(kept));
    await this.write(pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces));
  }

  async commit(): Promise<void> {
    if (this.#isEmpty && this.#packed) await this.#file.write(await compress(''));
    await this.#file.commit();
  }

  discard(): Promise<void> {
    return this.#file.discard();
  }
}
