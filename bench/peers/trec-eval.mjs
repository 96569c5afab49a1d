/*
 * trec_eval, from the path or where TENBIN_BENCH_TREC_EVAL says. Each time is of a whole process, which reads both files.
 *
 * task      result
 * version   a string
 * metrics   { version, ms: [of a process, ...], measures: { ndcg_cut_10, recall_100 } }
 *
 * job       { qrels, run: paths of files in TREC's formats }
 */
import { spawnSync } from 'node:child_process';
import { sample } from '../common/sample.mjs';
import { runTask } from './node-trial.mjs';

const PROGRAM = process.env.TENBIN_BENCH_TREC_EVAL || 'trec_eval';
const REPETITIONS = 5;
const MEASURES = ['ndcg_cut.10', 'recall.100'];

await runTask({
  version: readVersion,

  async metrics({ qrels, run }) {
    const args = [...MEASURES.flatMap((measure) => ['-m', measure]), qrels, run];
    let printed;
    const ms = await sample(REPETITIONS, () => {
      printed = trecEval(args).stdout;
    });
    return { version: readVersion(), ms, measures: parseMeasures(printed) };
  },
});

function trecEval(args) {
  const result = spawnSync(PROGRAM, args, { encoding: 'utf8' });
  if (result.error?.code === 'ENOENT') throw new Error(`${PROGRAM} is not there`);
  if (result.error !== undefined) throw result.error;
  if (result.status !== 0) throw new Error(`${PROGRAM}: ${result.stderr.trim() || `ended by code ${result.status}`}`);
  return result;
}

/** It prints its version where it prints errors. */
function readVersion() {
  const { stdout, stderr } = trecEval(['-v']);
  return /\d+(\.\d+)+\S*/.exec(stdout + stderr)[0];
}

/** Lines of measure, `all` and value; a measure that is not there is an error, since nothing was measured. */
function parseMeasures(printed) {
  const values = Object.fromEntries(
    printed.split('\n').flatMap((line) => {
      const [measure, query, value] = line.trim().split(/\s+/);
      return query === 'all' ? [[measure, Number(value)]] : [];
    }),
  );
  for (const measure of MEASURES.map((name) => name.replace('.', '_'))) {
    if (!Number.isFinite(values[measure])) throw new Error(`${PROGRAM}: printed no ${measure}`);
  }
  return values;
}
