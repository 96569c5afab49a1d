/* Trials of this package; see bench/lexical/peers.mjs for what a trial is asked and prints. */
import { Bm25Index, coreConfiguration, openAnalyzer } from '../../dist/index.js';
import { analyzeCorpus } from '../../dist/lexical/analyze-corpus.js';
import { sample } from '../common/sample.mjs';
import { readTexts } from '../lexical/texts.mjs';
import { allocatedBy, measureBuild, packageVersion, runTask, writeLists } from './node-trial.mjs';

const PASSES = 5;
const build = (texts, { k1, b }, analyzer) => Bm25Index.build(texts, { method: 'lucene', k1, b, analyzer });

await runTask({
  version() {
    return `${packageVersion('../..')} (${coreConfiguration().isa}, Node ${process.version})`;
  },

  async search({ documents, queries: paths, batches, lists, k, ...options }) {
    const index = await build(readTexts(documents), options, 'english_regex');
    const times = {};
    for (const [kind, path] of Object.entries(paths)) {
      const texts = readTexts(path);
      const queries = await index.analyze(texts);
      const one = (start, end) => index.searchAnalyzed(queries, { k, start, end });
      times[kind] = [];
      for (const count of batches) {
        const all = async () => {
          for (let i = 0; i < texts.length; i += count) await one(i, Math.min(i + count, texts.length));
        };
        const ms = await sample(PASSES, all);
        const allocated = await allocatedBy(() => one(0, count));
        times[kind].push({
          queries: count,
          ms: ms.map((total) => total / texts.length),
          allocated: allocated === null ? null : allocated / count,
        });
      }
      const { indices, counts, k: width } = await one(0, texts.length);
      const found = texts.map((_, i) => indices.subarray(i * width, i * width + counts[i]));
      writeLists({ lists, k }, kind, found);
    }
    return times;
  },

  'index-text': (job) => measureBuild(readTexts(job.documents), (texts) => build(texts, job, 'english_porter_stop')),

  /** Milliseconds, by analyzer: from strings to the counts of terms in documents, without an index. */
  async analysis({ documents, analyzers }) {
    const texts = readTexts(documents);
    const times = {};
    for (const name of analyzers) {
      const analyzer = await openAnalyzer(name);
      times[name] = await sample(PASSES, () => analyzeCorpus(texts, analyzer, undefined));
    }
    return times;
  },
});
