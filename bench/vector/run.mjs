import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { readNpy } from '../../dist/index.js';
import { ask, describePeers, findPeers } from '../common/peers.mjs';
import { OURS, Samples } from '../common/samples.mjs';
import { markdownTable } from '../common/table.mjs';
import { documentsPath, embeddingsFolder, queriesPath } from './embeddings.mjs';
import { Limits } from './limits.mjs';
import { K, PEERS } from './peers.mjs';
import { Truth } from './truth.mjs';
import { batchesOf, PRECISION_BATCHES, PRECISIONS, quickSizes, SETS, SMALL_WORK, sizeName, workName } from './work.mjs';

const ROUNDS = 3;
/** One query of so many is compared with the truth. */
const COMPARED = 40;

/**
 * Exact search for vectors beside its peers and the machine's limits: each trial in a process of its own, the peers one
 * after the other in every round. Returns Markdown.
 */
export async function benchVector({ quick }) {
  const lists = mkdtempSync(join(tmpdir(), 'tenbin-bench-lists-'));
  try {
    const bench = new VectorBench(lists);
    for (const set of SETS) await bench.measure(set, quick ? quickSizes(set) : set.sizes);
    return bench.report();
  } finally {
    rmSync(lists, { recursive: true });
  }
}

class VectorBench {
  #threads = Number(process.env.TENBIN_THREADS) || availableParallelism();
  #lists;
  #peers;
  #limits;
  #samples;
  /** Works that have a limit: name -> [queries, documents, dimension] */
  #works = new Map();
  #skipped = new Set();

  constructor(lists) {
    this.#lists = lists;
    this.#limits = new Limits(this.#threads);
    this.#peers = findPeers(PEERS);
    this.#samples = new Samples(this.#peers.found.map(({ name }) => name));
  }

  async measure(set, sizes) {
    progress(`${set.name}: making the embeddings, if they are not there`);
    const folder = await embeddingsFolder(set).catch((error) => {
      this.#skipped.add(`- ${set.name}: not measured (${error.message})`);
    });
    if (folder === undefined) return;
    progress("the machine's limits");
    this.#limits.measure();
    const queries = await readNpy(queriesPath(folder));
    for (const size of sizes) {
      const documents = documentsPath(folder, size);
      const job = { documents, queries: queriesPath(folder), lists: this.#lists, k: K, threads: this.#threads };
      const truth = new Truth(await readNpy(documents), queries, COMPARED);
      this.#search(set, size, job, truth);
      if (size === sizes.at(-1)) this.#lowerPrecisions(set, size, job, truth);
    }
  }

  report() {
    const { found } = this.#peers;
    const header = [`vector, ${this.#threads} threads`, ...found.map(({ name }) => name), 'ratio to the best peer'];
    const rows = this.#samples.rows().map(([work, ...cells]) => {
      const limits = this.#works.has(work) ? this.#limits.cells(...this.#works.get(work)) : ['', ''];
      return [work, ...cells, ...limits];
    });
    return [
      markdownTable([...header, 'float32 at the limit', 'int8 at the limit'], rows),
      this.#limits.table(),
      ...describePeers(this.#peers),
      ...this.#skipped,
      '',
    ].join('\n');
  }

  #search(set, size, job, truth) {
    for (let round = 0; round < ROUNDS; round++) {
      for (const peer of this.#peers.found) {
        const batches = batchesFor(peer, round, set, size);
        if (batches === undefined) continue;
        progress(`${sizeName(set, size)}, round ${round + 1} of ${ROUNDS}: ${peer.name}`);
        const result = this.#ask(peer, { ...job, batches }, sizeName(set, size));
        if (result === undefined) continue;
        for (const { queries, ms } of result.batches) {
          const work = `${workName(set, queries, size)}: ms`;
          this.#works.set(work, [queries, size, set.dimension]);
          this.#samples.add(work, peer, round, ms);
        }
        const work = sizeName(set, size);
        if (result.index !== null) this.#samples.add(`${work}, making the index: ms`, peer, round, [result.index]);
        if (round === 0) this.#compare(work, peer, job, truth);
      }
    }
  }

  /** undefined, and a line below the tables, when a peer fails. */
  #ask(peer, job, work) {
    try {
      return ask(peer, 'search', job, this.#threads);
    } catch (error) {
      if (peer.name === OURS) throw error;
      this.#skipped.add(`- ${peer.name}, ${work}: not measured (${error.message})`);
      return undefined;
    }
  }

  /** Of this package alone; the exact search of the same set stands in other rows. */
  #lowerPrecisions(set, size, job, truth) {
    const ours = this.#peers.found.find(({ name }) => name === OURS);
    for (const precision of PRECISIONS) {
      const peer = { ...ours, options: { index: { precision } } };
      for (let round = 0; round < ROUNDS; round++) {
        progress(`${sizeName(set, size)}, round ${round + 1} of ${ROUNDS}: ${precision}`);
        const result = ask(peer, 'search', { ...job, batches: PRECISION_BATCHES }, this.#threads);
        for (const { queries, ms } of result.batches) {
          this.#samples.add(`${workName(set, queries, size)}, ${precision}: ms`, ours, round, ms);
        }
        if (round > 0) continue;
        const { right } = this.#agreement(job, truth);
        this.#samples.note(`${sizeName(set, size)}, ${precision}: right documents`, ours, percent(right));
      }
    }
  }

  #compare(work, peer, job, truth) {
    const { right, same } = this.#agreement(job, truth);
    this.#samples.note(`${work}: right documents`, peer, percent(right));
    // Peers give inner products, which differ from cosines where a length is not exactly 1.
    if (peer.name.startsWith(OURS)) this.#samples.note(`${work}: scores right to the last bit`, peer, percent(same));
  }

  /** Means over the queries that are compared and that the peer was asked. */
  #agreement({ lists, k }, truth) {
    const documents = numbers(join(lists, 'documents.u32'), Uint32Array);
    const scores = numbers(join(lists, 'scores.f32'), Float32Array);
    const samples = truth.sample.map((query, i) => ({ i, from: query * k, to: (query + 1) * k }));
    const asked = samples.filter(({ to }) => to <= documents.length);
    const mean = (value) => asked.reduce((sum, at) => sum + value(at), 0) / asked.length;
    return {
      right: mean(({ i, from, to }) => truth.agreement(i, documents.subarray(from, to))),
      same: mean(({ i, from, to }) => truth.sameBits(i, documents.subarray(from, to), scores.subarray(from, to))),
    };
  }
}

/** A run takes minutes. */
const progress = (line) => process.stderr.write(`${line}\n`);

/** What a peer is asked in a round; undefined for nothing. */
function batchesFor({ once, small }, round, set, size) {
  if ((once || small) && round > 0) return undefined;
  if (!small) return batchesOf(size);
  return set.name === SMALL_WORK.set && size === SMALL_WORK.size ? SMALL_WORK.batches : undefined;
}

function numbers(path, Type) {
  const bytes = readFileSync(path);
  return new Type(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}

const percent = (share) => `${(100 * share).toFixed(2)}%`;
