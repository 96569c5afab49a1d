/** Stands behind each token of a text that comes cut into tokens; no UTF-8 holds this byte. */
const TOKEN_END = 0xff;

const encoder = new TextEncoder();

/**
 * Texts written one behind the other as UTF-8, as the core reads them. A lone surrogate becomes U+FFFD. Grows as needed,
 * and is used again after `clear`, so that a stream of texts costs no memory but its largest batch.
 */
export class PackedTexts {
  #bytes: Uint8Array;
  #offsets = new Uint32Array(1024);
  #cut = new Uint8Array(1024);
  #count = 0;
  #anyCut = false;

  constructor(capacity = 1 << 16) {
    this.#bytes = new Uint8Array(capacity);
  }

  /** Number of texts. */
  get count(): number {
    return this.#count;
  }

  /** Bytes of all texts. */
  get size(): number {
    return this.#offsets[this.#count]!;
  }

  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.size);
  }

  /** [texts + 1], in bytes. */
  get offsets(): Uint32Array {
    return this.#offsets.subarray(0, this.#count + 1);
  }

  /** [texts], not 0 for texts of `addCut`; undefined when there are none. */
  get cut(): Uint8Array | undefined {
    return this.#anyCut ? this.#cut.subarray(0, this.#count) : undefined;
  }

  add(text: string | Uint8Array): void {
    this.#end(this.#write(text, this.size), 0);
  }

  /** A text as its tokens. One batch may hold both kinds: `icu` cuts Thai in JavaScript and leaves English to the core. */
  addCut(tokens: readonly string[]): void {
    let end = this.size;
    for (const token of tokens) {
      end = this.#write(token, end);
      this.#reserve(end, 1);
      this.#bytes[end++] = TOKEN_END;
    }
    this.#anyCut = true;
    this.#end(end, 1);
  }

  clear(): void {
    this.#count = 0;
    this.#anyCut = false;
  }

  /** Writes at `start`. Returns where the text ends. */
  #write(text: string | Uint8Array, start: number): number {
    if (typeof text !== 'string') {
      this.#reserve(start, text.length);
      this.#bytes.set(text, start);
      return start + text.length;
    }
    this.#reserve(start, text.length);
    const { read, written } = encoder.encodeInto(text, this.#bytes.subarray(start));
    if (read === text.length) return start + written;
    this.#reserve(start, Buffer.byteLength(text)); // more bytes than characters
    return start + encoder.encodeInto(text, this.#bytes.subarray(start)).written;
  }

  #reserve(used: number, more: number): void {
    if (used + more <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(used + more, 2 * this.#bytes.length));
    larger.set(this.#bytes.subarray(0, used));
    this.#bytes = larger;
  }

  #end(end: number, cut: number): void {
    if (end > 0xffffffff) throw new RangeError('texts: more than 4 GiB in one batch');
    this.#cut[this.#count++] = cut;
    if (this.#count === this.#cut.length) {
      const [offsets, cuts] = [this.#offsets, this.#cut];
      this.#offsets = new Uint32Array(2 * offsets.length);
      this.#offsets.set(offsets);
      this.#cut = new Uint8Array(2 * cuts.length);
      this.#cut.set(cuts);
    }
    this.#offsets[this.#count] = end;
  }
}
