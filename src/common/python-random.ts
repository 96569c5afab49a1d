import { createHash } from 'node:crypto';
import { checkInteger } from './check.js';
import { InputError } from './errors.js';
import { MersenneTwister } from './mersenne-twister.js';

/** Python's `random.Random(seed)` (CPython's version 2 seeding), as far as HAKARI draws from it. */
export class PythonRandom {
  readonly #twister: MersenneTwister;

  /** `seed` is a string, or a whole number that fits Uint32. */
  constructor(seed: string | number) {
    const key = typeof seed === 'string' ? seedWords(seed) : Uint32Array.of(checkInteger('seed', seed));
    this.#twister = new MersenneTwister(key);
  }

  /** A whole number of `bits` random bits, 1 to 32. */
  getrandbits(bits: number): number {
    return this.#twister.next() >>> (32 - checkInteger('bits', bits, 1, 32));
  }

  /** One item, drawn as `random.choice` does. */
  choice<T>(items: readonly T[]): T {
    if (items.length === 0) throw new InputError('items must not be empty');
    return items[this.#below(items.length)]!;
  }

  /** `count` items in the order they are drawn, none of them twice, as `random.sample` does. */
  sample<T>(items: readonly T[], count: number): T[] {
    const n = items.length;
    checkInteger('count', count, 0, n);
    if (n <= poolLimit(count)) {
      const pool = [...items];
      return Array.from({ length: count }, (_, drawn) => {
        const index = this.#below(n - drawn);
        const item = pool[index]!;
        pool[index] = pool[n - drawn - 1]!;
        return item;
      });
    }
    const indices = new Set<number>();
    while (indices.size < count) indices.add(this.#below(n));
    return Array.from(indices, (index) => items[index]!);
  }

  /** A whole number below n: as many bits as n has, until one falls below it. */
  #below(n: number): number {
    const bits = 32 - Math.clz32(n);
    let index = this.getrandbits(bits);
    while (index >= n) index = this.getrandbits(bits);
    return index;
  }
}

/** Up to this many items CPython draws from a shrinking copy of the list, above it with a set of what was drawn. */
function poolLimit(count: number): number {
  return 21 + (count > 5 ? 4 ** Math.ceil(Math.log(count * 3) / Math.log(4)) : 0);
}

/**
 * The seed's UTF-8 bytes and their SHA-512 digest, read as one big-endian number; its 32-bit words, lowest first and
 * without leading zeros, seed the generator.
 */
function seedWords(seed: string): Uint32Array {
  const text = Buffer.from(seed, 'utf8');
  const bytes = Buffer.concat([text, createHash('sha512').update(text).digest()]);
  const padded = Buffer.concat([Buffer.alloc(-bytes.length & 3), bytes]);
  const words = Uint32Array.from({ length: padded.length / 4 }, (_, i) =>
    padded.readUInt32BE(padded.length - 4 * (i + 1)),
  );
  return words.subarray(0, words.findLastIndex((word) => word !== 0) + 1);
}
