/* Metrics of this package: `from` is `memory`, where only rankings are measured, or `file`, where both are read, too. */
import { coreConfiguration, readTrecQrels, readTrecRun, scoreRun } from '../../dist/index.js';
import { sample } from '../common/sample.mjs';
import { packageVersion, runTask } from './node-trial.mjs';

const REPETITIONS = 5;

await runTask({
  version: () => `${packageVersion('../..')} (${coreConfiguration().isa}, Node ${process.version})`,

  async metrics({ qrels: qrelsFile, run: runFile, from }) {
    const read = async () => ({ qrels: await readTrecQrels(qrelsFile), run: await readTrecRun(runFile) });
    const measure = ({ qrels, run }) => {
      return scoreRun({ qrels, rankings: run.rankings.values(), measures: ['ndcg_cut_10', 'recall_100'] });
    };
    const before = from === 'memory' ? await read() : undefined;
    let summary;
    const ms = await sample(REPETITIONS, async () => {
      ({ summary } = measure(before ?? (await read())));
    });
    return { ms, measures: summary.metrics };
  },
});
