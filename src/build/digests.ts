import { createHash } from 'node:crypto';

const chunkRows = 1 << 16;
/** Half of a SHA-256: among 2^32 of them, equal ones are equal texts but for one chance in 2^64. */
const words = 4;

/** One digest a row, 16 bytes each, of tables that are too large to be held. A row may have none. */
export class Digests {
  readonly #chunks: Uint32Array[] = [];
  #count = 0;

  get count(): number {
    return this.#count;
  }

  push(text: string | undefined): void {
    const at = this.#count % chunkRows;
    if (at === 0) this.#chunks.push(new Uint32Array(chunkRows * words));
    if (text !== undefined) {
      const digest = createHash('sha256').update(text).digest();
      const chunk = this.#chunks.at(-1)!;
      for (let i = 0; i < words; i++) chunk[at * words + i] = digest.readUInt32BE(4 * i);
    }
    this.#count++;
  }

  has(row: number): boolean {
    const chunk = this.#chunks[Math.floor(row / chunkRows)]!;
    const at = (row % chunkRows) * words;
    return (chunk[at]! | chunk[at + 1]! | chunk[at + 2]! | chunk[at + 3]!) !== 0;
  }

  /** Negative, zero or positive in the order of the digests' hexadecimal form. */
  compare(a: number, b: number): number {
    const [x, y] = [this.#chunks[Math.floor(a / chunkRows)]!, this.#chunks[Math.floor(b / chunkRows)]!];
    const [i, j] = [(a % chunkRows) * words, (b % chunkRows) * words];
    for (let word = 0; word < words; word++) {
      const difference = x[i + word]! - y[j + word]!;
      if (difference !== 0) return difference;
    }
    return 0;
  }

  /** Rows in the order of their digests, equal ones in table order; those without come first. */
  sorted(): Uint32Array {
    return Uint32Array.from({ length: this.#count }, (_, row) => row).sort((a, b) => this.compare(a, b) || a - b);
  }

  /** The digest as a key for maps. */
  key(row: number): string {
    const chunk = this.#chunks[Math.floor(row / chunkRows)]!;
    const at = (row % chunkRows) * words;
    return Array.from(chunk.subarray(at, at + words), (word) => word.toString(16).padStart(8, '0')).join('');
  }
}

/** Rows by equal digest: `of(row)` is every row, itself included, that has the digest of `row`. */
export class EqualRows {
  readonly #digests: Digests;
  readonly #sorted: Uint32Array;

  constructor(digests: Digests, sorted: Uint32Array) {
    this.#digests = digests;
    this.#sorted = sorted;
  }

  of(row: number): Uint32Array {
    let [low, high] = [0, this.#sorted.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#digests.compare(this.#sorted[middle]!, row) < 0) low = middle + 1;
      else high = middle;
    }
    let end = low;
    while (end < this.#sorted.length && this.#digests.compare(this.#sorted[end]!, row) === 0) end++;
    return this.#sorted.subarray(low, end);
  }
}
