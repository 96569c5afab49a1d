import { Part } from '../common/part.mjs';
import { ask } from '../common/peers.mjs';
import { progress } from '../common/progress.mjs';
import { PEERS } from '../lexical/peers.mjs';
import { documentsPath, readTexts, textsFolder } from '../lexical/texts.mjs';
import { ALL_GLOSSES, sizeName, ZIPF } from '../lexical/work.mjs';

const ROUNDS = 5;

const ANALYZERS = ['english_porter_stop', 'regex', 'lucene_english', 'stemmer:english'];
const [ALL_SYNSETS] = ALL_GLOSSES.sizes;
/** Too few texts would measure what a call costs. */
const TEXTS = {
  small: [{ set: ALL_GLOSSES, count: ALL_SYNSETS }],
  full: [
    { set: ALL_GLOSSES, count: ALL_SYNSETS },
    { set: ZIPF, count: 100_000 },
  ],
};

/** From strings to the counts of terms in documents, without an index. */
export async function benchAnalysis({ size, threads, limits }) {
  const [ours] = PEERS;
  const part = new Part('analysis', { found: [{ ...ours, version: ask(ours, 'version') }] });
  for (const { set, count } of TEXTS[size]) {
    const folder = await textsFolder(set);
    const documents = documentsPath(folder, count);
    const megabytes = readTexts(documents).reduce((bytes, text) => bytes + text.length, 0) / 1e6;
    part.note(`${sizeName(set, count)}: ${megabytes.toFixed(1)} MB`);
    for (let round = 0; round < ROUNDS; round++) {
      progress(`analysis, ${sizeName(set, count)}, round ${round + 1} of ${ROUNDS}`);
      const times = ask(ours, 'analysis', { documents, analyzers: ANALYZERS }, threads);
      for (const [analyzer, ms] of Object.entries(times)) {
        const work = `${analyzer}, ${sizeName(set, count)}`;
        const perMegabyte = ms.map((time) => time / megabytes);
        part.add(work, ours.name, perMegabyte, { unit: 'ms a MB' });
        part.limit(work, 'reading it once', 1000 / (limits.rate('read') / 1e6));
      }
    }
  }
  return part;
}
