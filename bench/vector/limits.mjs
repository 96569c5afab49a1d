/* What the machine can do at most, by native/bench, which is built here; and the columns and the table made of it. */
import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { median, threeDigits } from '../common/statistics.mjs';
import { markdownTable } from '../common/table.mjs';
import { runTrial } from '../common/trial.mjs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const BUILD = join(ROOT, 'build', 'bench');

/** `of`: the limit that a figure is a share of. */
const FIGURES = [
  { name: 'multiply_add', label: 'limit: float32 multiply-add, G operations/s' },
  { name: 'dot_codes', label: 'limit: int8 products, G operations/s' },
  { name: 'read', label: 'limit: reading memory, GB/s' },
  { name: 'kernel dot_tile', label: 'float32 kernel in cache, G operations/s', of: 'multiply_add' },
  { name: 'kernel dot_codes', label: 'int8 kernel in cache, G operations/s', of: 'dot_codes' },
  { name: 'float32 batch', label: 'float32 scan, 200 x 100,000, G operations/s', of: 'multiply_add' },
  { name: 'float32 single', label: 'float32 scan, 1 x 100,000, GB/s', of: 'read' },
  { name: 'codes batch', label: 'int8 codes, 200 x 100,000, G operations/s', of: 'dot_codes' },
  { name: 'codes single', label: 'int8 codes, 1 x 100,000, GB/s of codes', of: 'read' },
];

export class Limits {
  /** Why there are none; undefined when there are. */
  missing;
  #threads;
  #isa;
  /** `${name} ${threads}` -> a value a round */
  #rates = new Map();

  constructor(threads) {
    this.#threads = threads;
    this.missing = build();
  }

  /** One round; the figures are the medians of the rounds. */
  measure() {
    if (this.missing !== undefined) return;
    const { isa, rates } = runTrial([join(BUILD, 'native', 'bench', 'tenbin_limits'), String(this.#threads)]);
    this.#isa = isa;
    for (const { name, threads, aSecond } of rates) {
      const key = `${name} ${threads}`;
      this.#rates.set(key, [...(this.#rates.get(key) ?? []), aSecond]);
    }
  }

  /**
   * Milliseconds that a work would take at the machine's limits, as text: the products of all queries and documents, or
   * one pass over the documents where that takes longer.
   */
  cells(queries, size, dimension) {
    if (this.#rates.size === 0) return ['', ''];
    return [
      ['multiply_add', Float32Array.BYTES_PER_ELEMENT],
      ['dot_codes', 1],
    ].map(([unit, bytes]) => {
      const multiplying = (2 * queries * size * dimension) / this.#rate(unit, this.#threads);
      const reading = (size * dimension * bytes) / this.#rate('read', this.#threads);
      return threeDigits(1000 * Math.max(multiplying, reading));
    });
  }

  /** Markdown: the limits, and what the core reaches of them. */
  table() {
    if (this.missing !== undefined) return `The machine's limits: not measured (${this.missing})\n`;
    const counts = this.#threads === 1 ? [1] : [1, this.#threads];
    const rows = FIGURES.map(({ name, label, of }) => [
      label,
      ...counts.map((threads) => {
        const rate = this.#rate(name, threads);
        const share = of === undefined ? '' : ` (${Math.round((100 * rate) / this.#rate(of, threads))}%)`;
        return `${threeDigits(rate / 1e9)}${share}`;
      }),
    ]);
    const header = [`limits, ${this.#isa}`, ...counts.map((threads) => `${threads} thread${threads === 1 ? '' : 's'}`)];
    return markdownTable(header, rows);
  }

  #rate(name, threads) {
    return median(this.#rates.get(`${name} ${threads}`));
  }
}

/** Returns why the program could not be built. */
function build() {
  for (const args of [
    ['-S', ROOT, '-B', BUILD, '-DTENBIN_BENCH=ON', '-DCMAKE_BUILD_TYPE=Release'],
    ['--build', BUILD, '--target', 'tenbin_limits', '--parallel', String(availableParallelism())],
  ]) {
    const { error, status, stderr } = spawnSync('cmake', args, { encoding: 'utf8' });
    if (error !== undefined) return `cmake: ${error.message}`;
    if (status !== 0) return stderr.trim().split('\n').at(-1);
  }
  return undefined;
}
