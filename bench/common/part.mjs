/*
 * What a part of the benchmark measured, as plain data that is printed, written as JSON and compared with that of another
 * run:
 *
 * { name, engines: [{ name, version }], missing: [{ name, reason }], notes: [text], charts: [{ file, svg }],
 *   works: [{ work, unit, limit?: { of, value }, rows: [{ engine, rounds: [[value, ...], ...], right?, bits?, approximate?,
 *   peakBytes?, allocatedBytes?, failure? }] }] }
 *
 * `limit.value` is what the work would take if the machine did nothing but what `limit.of` names, in the work's unit.
 * `right` is the share of what is asked that an engine answers rightly, `bits` the share of its scores that are right to the
 * last bit; `allocatedBytes` are those of a query.
 */

export const OURS = 'tenbin';

/** An engine with fewer right answers is wrong, and no peer. */
const RIGHT = 0.999;

export class Part {
  #works = new Map();
  #notes = new Set();
  #charts = [];

  /** @param peers { found, missing } as of findPeers */
  constructor(name, { found = [], missing = [] } = {}) {
    this.name = name;
    this.peers = found;
    this.missing = missing;
  }

  /** One round's values of an engine, all greater than 0. */
  add(work, engine, values, { unit = 'ms' } = {}) {
    this.#row(work, engine, unit).rounds.push(values);
  }

  /** `facts` as in the comment above: what is not a time. Those of several rounds: the last that is not null. */
  describe(work, engine, facts) {
    const row = this.#row(work, engine);
    for (const [name, value] of Object.entries(facts)) {
      if (value !== undefined && value !== null) row[name] = value;
    }
  }

  limit(work, of, value) {
    const found = this.#works.get(work);
    if (found !== undefined && Number.isFinite(value)) found.limit = { of, value };
  }

  note(text) {
    this.#notes.add(text);
  }

  chart(file, svg) {
    this.#charts.push({ file, svg });
  }

  toJSON() {
    return {
      name: this.name,
      engines: this.peers.map(({ name, version }) => ({ name, version })),
      missing: this.missing,
      notes: [...this.#notes],
      charts: this.#charts,
      works: [...this.#works.values()].map(({ rows, ...work }) => ({ ...work, rows: [...rows.values()] })),
    };
  }

  #row(work, engine, unit = 'ms') {
    if (!this.#works.has(work)) this.#works.set(work, { work, unit, rows: new Map() });
    const { rows } = this.#works.get(work);
    if (!rows.has(engine)) rows.set(engine, { engine, rounds: [] });
    return rows.get(engine);
  }
}

export const isWrong = ({ right, approximate }) => !approximate && right !== undefined && right < RIGHT;

/** Those whose work can be compared with ours: rows that were measured, are right, and are not of this package. */
export function peersIn({ rows }) {
  return rows.filter((row) => !row.engine.startsWith(OURS) && row.rounds.length > 0 && !isWrong(row));
}

export const oursIn = ({ rows }) => rows.find(({ engine, rounds }) => engine === OURS && rounds.length > 0);
