/*
 * It takes a document's distinct words for its length and multiplies a score by how many of the query's words match, so
 * it ranks otherwise, with any settings.
 */
import MiniSearch from 'minisearch';
import { packageVersion } from './node-trial.mjs';
import { runScriptedEngine } from './scripted-engine.mjs';

await runScriptedEngine({
  version: packageVersion('./node_modules/minisearch'),
  build(texts, { k1, b }) {
    const engine = new MiniSearch({ fields: ['text'], searchOptions: { bm25: { k: k1, b, d: 0 } } });
    engine.addAll(texts.map((text, id) => ({ id, text })));
    return engine;
  },
  search: (engine, query, { k }) =>
    engine
      .search(query)
      .slice(0, k)
      .map(({ id }) => id),
});
