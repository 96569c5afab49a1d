/* What the machine can do at most, by native/bench, which is built here. */
import { buildProgram } from './native-program.mjs';
import { median, threeDigits } from './statistics.mjs';
import { markdownTable } from './table.mjs';
import { runTrial } from './trial.mjs';

/** `of`: the limit that a figure is a share of; `scale`: what it is divided by. */
const FIGURES = [
  { name: 'multiply_add', label: 'limit: float32 multiply-add, G operations/s' },
  { name: 'sgemm', label: 'sgemm of the BLAS at hand, G operations/s', of: 'multiply_add' },
  { name: 'dot_codes', label: 'limit: int8 products, G operations/s' },
  { name: 'read', label: 'limit: reading memory, GB/s' },
  { name: 'kernel dot_tile', label: 'float32 kernel in cache, G operations/s', of: 'multiply_add' },
  { name: 'kernel dot_codes', label: 'int8 kernel in cache, G operations/s', of: 'dot_codes' },
  { name: 'float32 batch', label: 'float32 scan, 200 x 100,000, G operations/s', of: 'multiply_add' },
  { name: 'float32 single', label: 'float32 scan, 1 x 100,000, GB/s', of: 'read' },
  { name: 'codes batch', label: 'int8 codes, 200 x 100,000, G operations/s', of: 'dot_codes' },
  { name: 'codes single', label: 'int8 codes, 1 x 100,000, GB/s of codes', of: 'read' },
  { name: 'allocations', label: 'native allocations of a search, 200 x 100,000', scale: 1 },
];

export class Limits {
  /** Why there are none; undefined when there are. */
  missing;
  isa;
  blas;
  #program;
  #threads;
  /** name -> threads -> a value a measurement */
  #rates = new Map();

  constructor(threads) {
    this.#threads = threads;
    try {
      this.#program = buildProgram('tenbin_limits');
    } catch (error) {
      this.missing = error.message.trim().split('\n').at(-1);
    }
  }

  /**
   * Adds to what was measured before; a figure is the median of all. `scans` measures the kernels and searches, too,
   * which takes a few seconds.
   */
  measure({ scans = false } = {}) {
    if (this.missing !== undefined) return;
    const measured = runTrial([this.#program, String(this.#threads), ...(scans ? ['scans'] : [])], this.#threads);
    this.isa = measured.isa;
    this.blas = measured.blas;
    for (const { name, threads, aSecond } of measured.rates) {
      const counts = this.#rates.get(name) ?? new Map();
      counts.set(threads, [...(counts.get(threads) ?? []), aSecond]);
      this.#rates.set(name, counts);
    }
  }

  /** Operations or bytes a second on so many threads; NaN where that was not measured. */
  rate(name, threads = this.#threads) {
    const values = this.#rates.get(name)?.get(threads);
    return values === undefined ? Number.NaN : median(values);
  }

  toJSON() {
    if (this.missing !== undefined) return { missing: this.missing };
    const rates = Object.fromEntries([...this.#rates].map(([name, counts]) => [name, Object.fromEntries(counts)]));
    return { isa: this.isa, blas: this.blas, rates };
  }

  /** Markdown: the limits, and what the core reaches of them. */
  text() {
    if (this.missing !== undefined) return `The machine's limits: not measured (${this.missing})\n`;
    const counts = this.#threads === 1 ? [1] : [1, this.#threads];
    const rows = FIGURES.filter(({ name }) => this.#rates.has(name)).map(({ name, label, of, scale = 1e9 }) => [
      name === 'sgemm' ? `${label} (${this.blas})` : label,
      ...counts.map((threads) => this.#cell(name, threads, of, scale)),
    ]);
    const header = [`limits, ${this.isa}`, ...counts.map((threads) => `${threads} thread${threads === 1 ? '' : 's'}`)];
    return markdownTable(header, rows);
  }

  #cell(name, threads, of, scale) {
    const rate = this.rate(name, threads);
    if (Number.isNaN(rate)) return '';
    const share = of === undefined ? '' : ` (${Math.round((100 * rate) / this.rate(of, threads))}%)`;
    return `${threeDigits(rate / scale)}${share}`;
  }
}
