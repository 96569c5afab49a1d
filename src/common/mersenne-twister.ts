const SIZE = 624;
const SHIFT = 397;

/** MT19937 (Matsumoto and Nishimura, 1998), seeded by the authors' `init_by_array` of 2002. */
export class MersenneTwister {
  readonly #state = new Uint32Array(SIZE);
  #position = SIZE;

  /** `key` holds at least one word. */
  constructor(key: Uint32Array) {
    const state = this.#state;
    state[0] = 19650218;
    for (let i = 1; i < SIZE; i++) state[i] = Math.imul(1812433253, scrambled(state[i - 1]!)) + i;

    // The first pass mixes the key in, cycling through the shorter of the two; the second mixes in the place alone.
    let i = 1;
    const advance = () => {
      if (++i < SIZE) return;
      state[0] = state[SIZE - 1]!;
      i = 1;
    };
    for (let step = 0; step < Math.max(SIZE, key.length); step++) {
      const j = step % key.length;
      state[i] = (state[i]! ^ Math.imul(1664525, scrambled(state[i - 1]!))) + key[j]! + j;
      advance();
    }
    for (let step = 0; step < SIZE - 1; step++) {
      state[i] = (state[i]! ^ Math.imul(1566083941, scrambled(state[i - 1]!))) - i;
      advance();
    }
    state[0] = 0x80000000;
  }

  /** The next 32 random bits. */
  next(): number {
    if (this.#position === SIZE) this.#refill();
    let word = this.#state[this.#position++]!;
    word ^= word >>> 11;
    word ^= (word << 7) & 0x9d2c5680;
    word ^= (word << 15) & 0xefc60000;
    return (word ^ (word >>> 18)) >>> 0;
  }

  #refill(): void {
    const state = this.#state;
    for (let i = 0; i < SIZE; i++) {
      const joined = (state[i]! & 0x80000000) | (state[(i + 1) % SIZE]! & 0x7fffffff);
      state[i] = state[(i + SHIFT) % SIZE]! ^ (joined >>> 1) ^ (joined & 1 ? 0x9908b0df : 0);
    }
    this.#position = 0;
  }
}

function scrambled(word: number): number {
  return word ^ (word >>> 30);
}
