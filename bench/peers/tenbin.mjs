/* Trials of this package; see bench/lexical/peers.mjs for what a trial is asked and prints. */
import { Bm25Index, coreConfiguration, openAnalyzer } from '../../dist/index.js';
import { analyzeCorpus } from '../../dist/lexical/analyze-corpus.js';
import { sample } from '../common/sample.mjs';
import { readTexts } from '../lexical/corpus.mjs';
import { measureBuild, megabytes, packageVersion, runTask, writeLists } from './node-trial.mjs';

const PASSES = 5;
const build = (texts, { k1, b }, analyzer) => Bm25Index.build(texts, { method: 'lucene', k1, b, analyzer });

await runTask({
  version() {
    return `${packageVersion('../..')} (${coreConfiguration().isa}, Node ${process.version})`;
  },

  async search(job) {
    const index = await build(readTexts(job.documents), job, 'english_regex');
    const times = {};
    for (const [kind, path] of Object.entries(job.queries)) {
      const texts = readTexts(path);
      const queries = await index.analyze(texts);
      const one = (i) => index.searchAnalyzed(queries, { k: job.k, start: i, end: i + 1 });
      const all = () => index.searchAnalyzed(queries, { k: job.k });
      const batch = await sample(PASSES, all);
      const single = await sample(PASSES, async () => {
        for (let i = 0; i < texts.length; i++) await one(i);
      });
      times[kind] = { batch: batch.map((ms) => ms / texts.length), single: single.map((ms) => ms / texts.length) };
      const { indices, counts, k } = await all();
      const lists = texts.map((_, i) => indices.subarray(i * k, i * k + counts[i]));
      writeLists(job, kind, lists);
    }
    return times;
  },

  'index-text': (job) => measureBuild(readTexts(job.documents), (texts) => build(texts, job, 'english_porter_stop')),

  /** Megabytes of text a second, by analyzer: from strings to the counts of terms in documents, without an index. */
  async analysis(job) {
    const texts = readTexts(job.documents);
    const speeds = {};
    for (const name of ['english_porter_stop', 'regex', 'lucene_english', 'stemmer:english']) {
      const analyzer = await openAnalyzer(name);
      const times = await sample(PASSES, () => analyzeCorpus(texts, analyzer, undefined));
      speeds[name] = times.map((ms) => megabytes(texts) / (ms / 1000));
    }
    return speeds;
  },
});
