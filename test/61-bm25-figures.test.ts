import test, { type ExecutionContext } from 'ava';
import { openDataset } from '#src/dataset/open-dataset.js';
import { evaluate } from '#src/evaluation/evaluate.js';
import type { LexicalOptions } from '#src/evaluation/profile.js';
import { collection } from './support/collections.js';

/* Figures of BM25 on whole collections, to four decimals: published, or computed by the program that is named. */

const RECALL_1000 = 'recall@1000';

/** Measures of the collection's test queries, with the number of its tokens; undefined when it is not there. */
async function weigh(t: ExecutionContext, dataset: string, lexical: LexicalOptions) {
  const folder = collection(t, dataset);
  if (folder === undefined) return undefined;
  const options = { profiles: [{ name: 'bm25' as const }], lexical, measures: [RECALL_1000], topK: 1000 };
  for await (const outcome of evaluate(await openDataset(folder), options)) {
    if ('error' in outcome) throw outcome.error;
    const { metrics, counts } = outcome;
    return {
      ndcg: metrics['ndcg@10']?.toFixed(4),
      recall100: metrics['recall@100']?.toFixed(4),
      recall1000: metrics[RECALL_1000]?.toFixed(4),
      tokens: counts.documentTokens,
    };
  }
  throw new Error(`${dataset}: no task`);
}

for (const [k1, b, method, ndcg, recall1000] of [
  [0.9, 0.4, 'lucene', '0.6761', '0.9700'],
  [1.2, 0.75, 'lucene', '0.6802', '0.9700'],
  [1.5, 0.75, 'lucene', '0.6875', '0.9700'],
  [1.2, 0.75, 'robertson', '0.6833', '0.9667'],
  [1.2, 0.75, 'atire', '0.6812', '0.9700'],
  [1.2, 0.75, 'bm25+', '0.6812', '0.9700'],
  [1.2, 0.75, 'bm25l', '0.6872', '0.9700'],
] as const) {
  test(`SciFact has the figures of bm25s: ${method}, k1 ${k1}, b ${b}`, async (t) => {
    const figures = await weigh(t, 'beir/scifact', { analyzer: 'bm25s_english', method, k1, b });
    if (figures !== undefined) t.like(figures, { ndcg, recall1000, tokens: 812_074 });
  });
}

test('SciFact has the figures that Anserini publishes', async (t) => {
  const lexical = { analyzer: 'lucene_english', method: 'lucene', k1: 0.9, b: 0.4, quantizeLengths: true } as const;
  const figures = await weigh(t, 'beir/scifact', lexical);
  if (figures !== undefined) t.like(figures, { ndcg: '0.6789', recall100: '0.9253', recall1000: '0.9767' });
});

test('Cranfield has the figures of Lucene 8.7', async (t) => {
  const lexical = { analyzer: 'lucene_english', method: 'lucene', k1: 1.2, b: 0.75, quantizeLengths: true } as const;
  const figures = await weigh(t, 'beir/cranfield', lexical);
  if (figures !== undefined) t.like(figures, { ndcg: '0.3675', recall100: '0.7362' });
});
