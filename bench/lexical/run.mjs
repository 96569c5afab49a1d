import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ask, describePeers, findPeers } from '../common/peers.mjs';
import { OURS, Samples } from '../common/samples.mjs';
import { markdownTable } from '../common/table.mjs';
import { corpusFolder, documentsPath, QUERY_KINDS, queriesPath, readTexts, SIZES } from './corpus.mjs';
import { B, K, K1, PEERS } from './peers.mjs';
import { Truth } from './truth.mjs';

const ROUNDS = 3;
const SEARCH_THREADS = 1;
const BUILD_THREADS = 2;
const BYTES_A_POSTING = 8;
/** We always start from text, and are also set beside peers that are spared the splitting. */
const BUILDS = {
  'index-tokens': 'peers from lists of words',
  'index-text': 'from text',
};

/**
 * BM25 beside its peers: each trial in a process of its own, the peers one after the other in every round. Returns Markdown.
 */
export function benchLexical({ quick }) {
  const { found: peers, missing } = findPeers(PEERS);
  const folder = corpusFolder();
  const lists = mkdtempSync(join(tmpdir(), 'tenbin-bench-lists-'));
  try {
    const samples = new Samples(peers.map(({ name }) => name));
    const sizes = quick ? SIZES.slice(0, 1) : SIZES;
    for (const size of sizes) {
      const job = makeJob(folder, size, lists);
      const texts = readTexts(job.documents);
      const queries = Object.fromEntries(QUERY_KINDS.map((kind) => [kind, readTexts(job.queries[kind])]));
      const truth = new Truth(texts, Object.values(queries).flat());
      measureSearch(peers, job, samples, size, queries, truth);
      if (size === sizes.at(-1)) measureBuilds(peers, job, samples, size, truth.pairs);
    }
    return [
      markdownTable(['lexical', ...peers.map(({ name }) => name), 'ratio to the best peer'], samples.rows()),
      ...describePeers({ found: peers, missing }),
      '',
    ].join('\n');
  } finally {
    rmSync(lists, { recursive: true });
  }
}

function makeJob(folder, size, lists) {
  const queries = Object.fromEntries(QUERY_KINDS.map((kind) => [kind, queriesPath(folder, kind)]));
  return { documents: documentsPath(folder, size), queries, lists, k: K, k1: K1, b: B };
}

function measureSearch(peers, job, samples, size, queries, truth) {
  for (const [round, peer] of turns(peers)) {
    const times = ask(peer, 'search', job, SEARCH_THREADS);
    for (const kind of QUERY_KINDS) {
      const work = `${size.toLocaleString('en')} documents, ${kind}`;
      for (const [way, label] of [
        ['batch', 'all at once'],
        ['single', 'one by one'],
      ]) {
        if (times[kind][way] !== undefined) samples.add(`${work}, ${label}: ms a query`, peer, round, times[kind][way]);
      }
      if (round === 0)
        samples.note(`${work}: right documents`, peer, percent(agreement(truth, queries[kind], job, kind)));
    }
  }
}

function measureBuilds(peers, job, samples, size, postings) {
  const work = `index ${size.toLocaleString('en')} documents`;
  for (const [round, peer] of turns(peers)) {
    for (const build of peer.builds) {
      const { ms, bytes } = ask(peer, build, job, BUILD_THREADS);
      for (const from of peer.name === OURS ? Object.values(BUILDS) : [BUILDS[build]]) {
        samples.add(`${work}, ${from}: s`, peer, round, [ms / 1000]);
        if (bytes === null) continue;
        const ratio = bytes / (postings * BYTES_A_POSTING);
        samples.add(`${work}, ${from}: peak memory, x postings`, peer, round, [ratio]);
      }
    }
    if (peer.name === OURS) {
      for (const [analyzer, speeds] of Object.entries(ask(peer, 'analysis', job, BUILD_THREADS))) {
        samples.add(`analysis, ${analyzer}: MB/s`, peer, round, speeds);
      }
    }
  }
}

/** [round, peer] in the order in which they are measured. */
function turns(peers) {
  return Array.from({ length: ROUNDS }, (_, round) => {
    return peers.filter(({ once }) => round === 0 || !once).map((peer) => [round, peer]);
  }).flat();
}

/** Mean over the queries that the peer answered. */
function agreement(truth, queries, { lists, k }, kind) {
  const bytes = readFileSync(join(lists, `${kind}.u32`));
  const rows = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
  const answered = rows.length / k;
  let sum = 0;
  for (let i = 0; i < answered; i++) sum += truth.agreement(queries[i], rows.subarray(i * k, (i + 1) * k));
  return sum / answered;
}

const percent = (share) => `${(100 * share).toFixed(2)}%`;
