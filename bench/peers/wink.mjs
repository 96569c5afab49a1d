import bm25 from 'wink-bm25-text-search';
import { wordsOf } from '../lexical/texts.mjs';
import { packageVersion } from './node-trial.mjs';
import { runScriptedEngine } from './scripted-engine.mjs';

/** Its most decimals of a score; the default, 4, makes documents tie that do not. */
const DECIMALS = 9;

await runScriptedEngine({
  version: packageVersion('./node_modules/wink-bm25-text-search'),
  build(texts, { k1, b }) {
    const engine = bm25();
    engine.defineConfig({ fldWeights: { text: 1 }, bm25Params: { k1, b, k: 1 } });
    engine.definePrepTasks([wordsOf]);
    for (const [i, text] of texts.entries()) engine.addDoc({ text }, i);
    engine.consolidate(DECIMALS);
    return engine;
  },
  search: (engine, query, { k }) => engine.search(query, k).map(([id]) => Number(id)),
});
