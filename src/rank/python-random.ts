import { createHash } from 'node:crypto';
import { checkInteger } from '../common/check.js';
import { InputError } from '../common/errors.js';
import { MersenneTwister } from './mersenne-twister.js';

/** Python's `random.Random(seed)` for a string seed (CPython's version 2 seeding), as far as HAKARI draws from it. */
export class PythonRandom {
  readonly #twister: MersenneTwister;

  constructor(seed: string) {
    this.#twister = new MersenneTwister(seedWords(seed));
  }

  /** A whole number of `bits` random bits, 1 to 32. */
  getrandbits(bits: number): number {
    return this.#twister.next() >>> (32 - checkInteger('bits', bits, 1, 32));
  }

  /** One item, drawn as `random.choice` does: indices of as many bits as the length has, until one falls inside. */
  choice<T>(items: readonly T[]): T {
    if (items.length === 0) throw new InputError('items must not be empty');
    const bits = 32 - Math.clz32(items.length);
    let index = this.getrandbits(bits);
    while (index >= items.length) index = this.getrandbits(bits);
    return items[index]!;
  }
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
