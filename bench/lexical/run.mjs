import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OURS, Part } from '../common/part.mjs';
import { findPeers, tryAsk, turns } from '../common/peers.mjs';
import { progress } from '../common/progress.mjs';
import { roundsOf } from '../common/rounds.mjs';
import { PEERS } from './peers.mjs';
import { documentsPath, queriesPath, readTexts, textsFolder } from './texts.mjs';
import { Truth } from './truth.mjs';
import { B, buildsOf, K, K1, sizeName, WORK, workName } from './work.mjs';

const SEARCH_THREADS = 1;
/** A posting of the index takes so many bytes, in most engines: a document's number and a score. */
const BYTES_A_POSTING = 8;
/** We always start from text, and are also set beside peers that are spared the splitting. */
const BUILDS = { 'index-tokens': 'from lists of words', 'index-text': 'from text' };

/** BM25 beside its peers: each trial in a process of its own, the peers one after the other in every round. */
export async function benchBm25({ size, threads, limits }) {
  const lists = mkdtempSync(join(tmpdir(), 'tenbin-bench-lists-'));
  try {
    const bench = new Bm25Bench(threads, limits, lists);
    for (const set of WORK[size]) await bench.measure(set);
    return bench.part;
  } finally {
    rmSync(lists, { recursive: true });
  }
}

class Bm25Bench {
  part;
  #peers;

  #threads;
  #limits;
  #lists;

  constructor(threads, limits, lists) {
    const peers = findPeers(PEERS);
    this.part = new Part('bm25', peers);
    this.part.note(`BM25 as Lucene has it, k1 ${K1}, b ${B}, top ${K} unless it is said; searches on one thread`);
    this.#peers = peers.found;

    this.#threads = threads;
    this.#limits = limits;
    this.#lists = lists;
  }

  async measure(set) {
    progress(`bm25, ${set.name}: making the texts, if they are not there`);
    const folder = await textsFolder(set);
    const queries = Object.fromEntries(set.kinds.map((kind) => [kind, queriesPath(folder, kind)]));
    for (const size of set.sizes) {
      const documents = documentsPath(folder, size);
      const job = { documents, queries, lists: this.#lists, k: K, k1: K1, b: B, batches: set.batches };
      const asked = Object.fromEntries(set.kinds.map((kind) => [kind, readTexts(queries[kind])]));
      progress(`bm25, ${sizeName(set, size)}: the right answers`);
      const truth = new Truth(readTexts(documents), Object.values(asked).flat());
      this.#search(set, size, job, asked, truth);
      const isLargest = size === set.sizes.at(-1);
      for (const k of isLargest ? set.depths : []) {
        this.#search(set, size, { ...job, k, batches: [set.batches.at(-1)] }, asked, truth);
      }
      this.#build(set, size, job, truth.pairs);
    }
  }

  #search(set, size, job, asked, truth) {
    for (const [round, peer] of this.#turns(set, size, roundsOf)) {
      progress(`bm25, ${sizeName(set, size)}, top ${job.k}, round ${round + 1}: ${peer.name}`);
      const times = tryAsk(this.part, sizeName(set, size), peer, 'search', job, SEARCH_THREADS);
      if (times === undefined) continue;
      for (const kind of set.kinds) {
        const right = round === 0 ? agreement(truth, asked[kind], job, kind) : undefined;
        for (const { queries, ms, allocated } of times[kind]) {
          const work = workName(set, size, kind, queries, job.k);
          this.part.add(work, peer.name, ms, { unit: 'ms a query' });
          this.part.describe(work, peer.name, { right, allocatedBytes: allocated });
          const bytes = (truth.postingsOf(asked[kind]) * BYTES_A_POSTING) / asked[kind].length;
          this.part.limit(work, 'reading the postings', (1000 * bytes) / this.#limits.rate('read', SEARCH_THREADS));
        }
      }
    }
  }

  #turns(set, size, times) {
    const peers = this.#peers.filter(({ isSlow }) => !isSlow || size <= set.slow);
    return turns(peers, (peer) => times(peer, size));
  }

  #build(set, size, job, postings) {
    for (const [round, peer] of this.#turns(set, size, buildsOf)) {
      for (const build of peer.builds) {
        progress(`bm25, index of ${sizeName(set, size)}, round ${round + 1}: ${peer.name}`);
        const built = tryAsk(this.part, `index of ${sizeName(set, size)}`, peer, build, job, this.#threads);
        if (built === undefined) continue;
        for (const from of peer.name === OURS ? Object.values(BUILDS) : [BUILDS[build]]) {
          const work = `index of ${sizeName(set, size)}, ${from}`;
          this.part.add(work, peer.name, [built.ms / 1000], { unit: 's' });
          this.part.describe(work, peer.name, { peakBytes: built.bytes });
        }
      }
    }
    const bytes = (postings * BYTES_A_POSTING) / 2 ** 20;
    this.part.note(`${sizeName(set, size)}: ${Math.round(bytes)} MiB of postings at ${BYTES_A_POSTING} bytes each`);
  }
}

/** Mean over the queries that the peer answered. */
function agreement(truth, queries, { lists, k }, kind) {
  const bytes = readFileSync(join(lists, `${kind}.u32`));
  const rows = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
  const answered = rows.length / k;
  let sum = 0;
  for (let i = 0; i < answered; i++) sum += truth.agreement(queries[i], rows.subarray(i * k, (i + 1) * k), k);
  return sum / answered;
}
