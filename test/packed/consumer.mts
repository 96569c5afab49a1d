/* An ES module that uses the installed package. Compiled and run in an empty folder by 80-package. */
import { Bm25Index, type Ranking, scoreRun, type TopK, VectorIndex } from 'tenbin';

const documents = [
  { id: 'red', text: 'a red fish swims' },
  { id: 'blue', text: 'a blue fish sleeps' },
  { id: 'tree', text: 'the tree grows' },
  { id: 'bird', text: 'birds sing' },
  { id: 'stone', text: 'stones lie' },
];
using index = await Bm25Index.build(documents);
const topK: TopK = await index.search(['blue fish'], { k: 2 });
const rankings: Ranking[] = [
  { queryId: 'q', documentIds: [...topK.indices].map((i) => documents[i]!.id), scores: topK.scores },
];
const qrels = new Map([['q', new Map([['blue', 1]])]]);
const { summary } = scoreRun({ qrels, rankings, measures: ['ndcg@10'] });
using vectors = await VectorIndex.create({ data: Float32Array.of(1, 0, 0, 1), count: 2, dimension: 2 });
const nearest = await vectors.search({ data: Float32Array.of(0, 2), count: 1, dimension: 2 }, { k: 1 });
process.stdout.write(`${JSON.stringify([rankings[0]!.documentIds, summary.metrics, nearest.indices[0]])}\n`);
