/*
 * It counts a word once a document, so it ranks otherwise, with any settings. It also takes a word for the beginning of
 * others; END, which no word has, keeps it to whole words.
 */
import { create, insert, search } from '@orama/orama';
import { wordsOf } from '../lexical/texts.mjs';
import { packageVersion } from './node-trial.mjs';
import { runScriptedEngine } from './scripted-engine.mjs';

const END = '.';

const tokenizer = {
  language: 'english',
  normalizationCache: new Map(),
  tokenize: (text) => Array.from(new Set(wordsOf(text)), (word) => word + END),
};

await runScriptedEngine({
  version: packageVersion('./node_modules/@orama/orama'),
  build(texts) {
    const engine = create({ schema: { text: 'string' }, components: { tokenizer } });
    for (const [i, text] of texts.entries()) insert(engine, { id: String(i), text });
    return engine;
  },
  search: (engine, term, { k, k1, b }) =>
    search(engine, { term, limit: k, relevance: { k: k1, b, d: 0 } }).hits.map(({ id }) => Number(id)),
});
