import { OURS, Part } from '../common/part.mjs';
import { findPeers, node, tryAsk, turns } from '../common/peers.mjs';
import { progress } from '../common/progress.mjs';
import { DEPTH, QUERIES, qrelsPath, runFolder, runPath } from './files.mjs';
import { trueMeasures } from './truth.mjs';

const ROUNDS = 5;
const WORKS = {
  memory: `nDCG@10 and Recall@100 of ${QUERIES} x ${DEPTH}, rankings in memory`,
  file: `nDCG@10 and Recall@100 of ${QUERIES} x ${DEPTH}, run and judgements in files`,
};
/**
 * A trial's task is `metrics` of { qrels, run: paths }, which gives { ms, measures: { ndcg_cut_10, recall_100 } }. trec_eval
 * always reads files, and stands beside both works of ours.
 */
const PEERS = [
  { name: OURS, command: node('tenbin-metrics.mjs'), options: { from: 'memory' }, works: [WORKS.memory] },
  { name: OURS, command: node('tenbin-metrics.mjs'), options: { from: 'file' }, works: [WORKS.file] },
  { name: 'trec_eval', command: node('trec-eval.mjs'), works: Object.values(WORKS) },
];
/** Digits that trec_eval prints. */
const DIGITS = 4;

/** nDCG@10 and recall@100 of a run, beside trec_eval. */
export async function benchMetrics() {
  const { found, missing } = findPeers(PEERS);
  const part = new Part('metrics', { found: found.filter(({ options }) => options?.from !== 'file'), missing });
  const folder = await runFolder();
  const files = { qrels: qrelsPath(folder), run: runPath(folder) };
  const truth = trueMeasures(files.qrels, files.run);
  for (const [round, peer] of turns(found, () => ROUNDS)) {
    progress(`metrics, round ${round + 1} of ${ROUNDS}: ${peer.name}`);
    const result = tryAsk(part, 'metrics', peer, 'metrics', files, 1);
    if (result === undefined) continue;
    for (const work of peer.works) {
      part.add(work, peer.name, result.ms);
      part.describe(work, peer.name, { right: shareOfEqual(result.measures, truth) });
    }
  }
  return part;
}

function shareOfEqual(measures, truth) {
  const names = Object.keys(truth);
  const equal = names.filter((name) => measures[name].toFixed(DIGITS) === truth[name].toFixed(DIGITS));
  return equal.length / names.length;
}
