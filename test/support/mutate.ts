/** Numbers from a seed, the same on every machine (mulberry32). */
export class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** A whole number from 0 to below `limit`. */
  below(limit: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  }
}

/** Bytes that lengths, counts and signs begin with. */
const telling = [0, 1, 0x7f, 0x80, 0xfe, 0xff];

/** One to three changes to a file; `other` lends bytes. Half of them fall on its last few hundred bytes, the footer. */
export function mutate(bytes: Uint8Array, other: Uint8Array, dice: Dice): Uint8Array {
  let changed = Uint8Array.from(bytes);
  for (let changes = 1 + dice.below(3); changes > 0 && changed.length > 0; changes--) {
    const footer = dice.below(2) === 0 ? Math.max(changed.length - 700, 0) : 0;
    const at = footer + dice.below(changed.length - footer);
    const length = 1 + dice.below(12);
    switch (dice.below(8)) {
      case 0:
        changed[at]! ^= 1 << dice.below(8);
        break;
      case 1:
        changed[at] = dice.below(256);
        break;
      case 2:
        changed[at] = telling[dice.below(telling.length)]!;
        break;
      case 3:
        changed.fill(0xff, at, at + length);
        break;
      case 4:
        changed = splice(changed, at, length, new Uint8Array(0));
        break;
      case 5:
        changed = splice(changed, at, 0, changed.slice(dice.below(changed.length)).subarray(0, length));
        break;
      case 6: {
        const from = dice.below(other.length);
        changed = splice(changed, at, length, other.subarray(from, from + length));
        break;
      }
      default:
        changed = dice.below(4) === 0 ? changed.slice(0, at) : splice(changed, at, 1, Uint8Array.of(0xff, 0xff, 0x7f));
    }
  }
  return changed;
}

function splice(bytes: Uint8Array, at: number, removed: number, added: Uint8Array): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(Buffer.concat([bytes.subarray(0, at), added, bytes.subarray(at + removed)]));
}
