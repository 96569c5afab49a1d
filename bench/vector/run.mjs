import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readNpy } from '../../dist/index.js';
import { OURS, Part } from '../common/part.mjs';
import { findPeers, tryAsk, turns } from '../common/peers.mjs';
import { progress } from '../common/progress.mjs';
import { roundsOf } from '../common/rounds.mjs';
import { documentsPath, embeddingsFolder, queriesPath } from './embeddings.mjs';
import { PEERS } from './peers.mjs';
import { Truth } from './truth.mjs';
import { batchesFor, batchOfNano, K, PRECISIONS, sizeName, WORK, workName } from './work.mjs';

/** One query of so many is compared with the truth. */
const COMPARED = 40;

/**
 * Exact search for vectors beside its peers and the machine's limits: each trial in a process of its own, the peers one
 * after the other in every round.
 */
export async function benchVector({ size, threads, limits }) {
  const lists = mkdtempSync(join(tmpdir(), 'tenbin-bench-lists-'));
  try {
    const bench = new VectorBench(threads, limits, lists);
    for (const set of WORK[size]) await bench.measure(set);
    return bench.part;
  } finally {
    rmSync(lists, { recursive: true });
  }
}

class VectorBench {
  part;
  #peers;

  #threads;
  #limits;
  #lists;

  constructor(threads, limits, lists) {
    const peers = findPeers(PEERS);
    this.part = new Part('vector', peers);
    this.part.note(`the best by cosine, exact, top ${K} unless it is said; ${threads} threads`);
    this.#peers = peers.found;

    this.#threads = threads;
    this.#limits = limits;
    this.#lists = lists;
  }

  async measure(set) {
    progress(`vector, ${set.name}: making the embeddings, if they are not there`);
    const folder = await embeddingsFolder(set).catch((error) => {
      this.part.note(`${set.name}: not measured (${error.message})`);
    });
    if (folder === undefined) return;
    this.#limits.measure();
    const queries = await readNpy(queriesPath(folder));
    for (const size of set.sizes) {
      const documents = documentsPath(folder, size);
      const job = { documents, queries: queriesPath(folder), lists: this.#lists, threads: this.#threads };
      progress(`vector, ${sizeName(set, size)}: the right answers`);
      const truth = new Truth(await readNpy(documents), queries, COMPARED);
      this.#search(set, size, { ...job, k: K, batches: set.batches }, truth);
      if (size !== set.sizes[Math.floor((set.sizes.length - 1) / 2)]) continue;
      const batches = set.batches.filter(batchOfNano);
      for (const k of set.depths) this.#search(set, size, { ...job, k, batches }, truth);
      this.#lowerPrecisions(set, size, { ...job, k: K, batches }, truth);
    }
  }

  #search(set, size, job, truth) {
    for (const [round, peer] of turns(this.#peers, (peer) => roundsOf(peer, size))) {
      const batches = batchesFor(peer, job.batches, size);
      if (batches.length === 0) continue;
      progress(`vector, ${sizeName(set, size)}, top ${job.k}, round ${round + 1}: ${peer.name}`);
      const result = tryAsk(this.part, sizeName(set, size), peer, 'search', { ...job, batches }, this.#threads);
      if (result !== undefined) this.#add(set, size, job, truth, peer.name, result);
    }
  }

  #add(set, size, job, truth, engine, { index, bytes, batches }) {
    const { right, bits } = agreement(job, truth);
    for (const { queries, ms, allocated } of batches) {
      const work = workName(set, queries, size, job.k);
      this.part.add(work, engine, ms);
      // Peers give inner products, which differ from cosines where a length is not exactly 1.
      const ofOurs = engine.startsWith(OURS) ? { bits } : {};
      this.part.describe(work, engine, { right, allocatedBytes: allocated, ...ofOurs });
      this.part.limit(work, 'the int8 products', this.#atLimit(queries, size, set.dimension));
    }
    if (job.k !== K || index === null) return;
    const work = `index of ${sizeName(set, size)}`;
    this.part.add(work, engine, [index]);
    this.part.describe(work, engine, { peakBytes: bytes });
  }

  /** Milliseconds of all products of queries and documents, or of one pass over the codes where that takes longer. */
  #atLimit(queries, size, dimension) {
    const multiplying = (2 * queries * size * dimension) / this.#limits.rate('dot_codes');
    const reading = (size * dimension) / this.#limits.rate('read');
    return 1000 * Math.max(multiplying, reading);
  }

  /** Of this package alone, beside its exact search. */
  #lowerPrecisions(set, size, job, truth) {
    const ours = this.#peers.find(({ name }) => name === OURS);
    for (const [round, precision] of turns(PRECISIONS, () => roundsOf(ours, size))) {
      const engine = `${OURS}, ${precision}`;
      progress(`vector, ${sizeName(set, size)}, round ${round + 1}: ${engine}`);
      const peer = { ...ours, options: { index: { precision } } };
      const result = tryAsk(this.part, sizeName(set, size), peer, 'search', job, this.#threads);
      const { right } = agreement(job, truth);
      for (const { queries, ms } of result.batches) {
        const work = workName(set, queries, size, job.k);
        this.part.add(work, engine, ms);
        this.part.describe(work, engine, { right, approximate: true });
      }
    }
  }
}

/** Means over the queries that are compared and that the peer was asked. */
function agreement({ lists, k }, truth) {
  const documents = numbers(join(lists, 'documents.u32'), Uint32Array);
  const scores = numbers(join(lists, 'scores.f32'), Float32Array);
  const samples = truth.sample.map((query, i) => ({ i, from: query * k, to: (query + 1) * k }));
  const asked = samples.filter(({ to }) => to <= documents.length);
  const mean = (value) => asked.reduce((sum, at) => sum + value(at), 0) / asked.length;
  return {
    right: mean(({ i, from, to }) => truth.agreement(i, documents.subarray(from, to))),
    bits: mean(({ i, from, to }) => truth.sameBits(i, documents.subarray(from, to), scores.subarray(from, to))),
  };
}

function numbers(path, Type) {
  const bytes = readFileSync(path);
  return new Type(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}
