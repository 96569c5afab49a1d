/*
 * It has no index: each query reads all texts. It looks for words within words too, so that a space is set before and
 * after each word here, in texts and in queries.
 */
import okapi from 'okapibm25';
import { wordsOf } from '../lexical/texts.mjs';
import { packageVersion } from './node-trial.mjs';
import { runScriptedEngine } from './scripted-engine.mjs';

const apart = (text) => wordsOf(text).map((word) => ` ${word} `);

await runScriptedEngine({
  version: packageVersion('./node_modules/okapibm25'),
  build: (texts) => texts.map((text) => apart(text).join('')),
  search(texts, query, { k, k1, b }) {
    const scores = okapi.default(texts, apart(query), { k1, b });
    const order = Array.from(scores.keys()).sort((a, b) => scores[b] - scores[a]);
    return order.slice(0, k);
  },
});
