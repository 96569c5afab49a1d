import { median, threeDigits, withSpread } from './statistics.mjs';

export const OURS = 'tenbin';

/** What was measured, as rows of work and columns of peers. */
export class Samples {
  #peers;
  /** work -> peer -> array of rounds, each an array of values, or a text */
  #rows = new Map();

  constructor(peers) {
    this.#peers = peers;
  }

  add(work, peer, round, values) {
    const row = this.#row(work);
    if (!row.has(peer.name)) row.set(peer.name, []);
    row.get(peer.name)[round] = values;
  }

  /** A cell that is not compared. */
  note(work, peer, text) {
    this.#row(work).set(peer.name, text);
  }

  /** Cells of text: the work, each peer's median, and ours divided by the best of the others. */
  rows() {
    return [...this.#rows].map(([work, row]) => [work, ...this.#peers.map((peer) => cell(row.get(peer))), ratio(row)]);
  }

  #row(work) {
    if (!this.#rows.has(work)) this.#rows.set(work, new Map());
    return this.#rows.get(work);
  }
}

function cell(value) {
  if (value === undefined) return '';
  return typeof value === 'string' ? value : withSpread(value.flat());
}

/** Median over the rounds, and between which ratios the rounds lie; both sides of a ratio are of one round where they can be. */
function ratio(row) {
  const ours = row.get(OURS);
  const others = [...row].filter(([peer]) => peer !== OURS).map(([, rounds]) => rounds);
  if (!Array.isArray(ours) || others.length === 0) return '';
  const best = others.reduce((a, b) => (median(a.flat()) <= median(b.flat()) ? a : b));
  const ratios = ours.map((values, round) => median(values) / median(best[round] ?? best[0]));
  return `${threeDigits(median(ratios))} (${threeDigits(Math.min(...ratios))} to ${threeDigits(Math.max(...ratios))})`;
}
