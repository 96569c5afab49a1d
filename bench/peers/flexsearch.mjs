/* It has no BM25: it ranks by how many of a query's words a document holds and by how early they stand. */
import { Index } from 'flexsearch';
import { wordsOf } from '../lexical/texts.mjs';
import { packageVersion } from './node-trial.mjs';
import { runScriptedEngine } from './scripted-engine.mjs';

await runScriptedEngine({
  version: packageVersion('./node_modules/flexsearch'),
  build(texts) {
    const engine = new Index({ tokenize: 'strict', encode: wordsOf });
    for (const [i, text] of texts.entries()) engine.add(i, text);
    return engine;
  },
  // Without `suggest`, a document must hold every word.
  search: (engine, query, { k }) => engine.search(query, { limit: k, suggest: true }),
});
