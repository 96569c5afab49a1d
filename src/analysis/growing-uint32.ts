import { InputError } from '../common/errors.js';

/** Offsets are Uint32, so no table of ids may be longer than they can count. */
const MAX_LENGTH = 0xffffffff;

/** A Uint32Array that is appended to, doubling its memory when it is full. */
export class GrowingUint32 {
  #values = new Uint32Array(1024);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(value: number): void {
    if (this.#length === this.#values.length) this.#grow();
    this.#values[this.#length++] = value;
  }

  /** What was pushed so far, without copying; later pushes do not change it. */
  view(): Uint32Array {
    return this.#values.subarray(0, this.#length);
  }

  #grow(): void {
    if (this.#length === MAX_LENGTH) throw new InputError(`texts: more than ${MAX_LENGTH} tokens in one table`);
    const larger = new Uint32Array(Math.min(MAX_LENGTH, 2 * this.#values.length));
    larger.set(this.#values);
    this.#values = larger;
  }
}
