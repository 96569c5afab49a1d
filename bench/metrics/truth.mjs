import { readFileSync } from 'node:fs';

/**
 * nDCG@10 with the grades as gains and recall@100 as trec_eval has them, means over the queries, by their definitions: the
 * plain oracle. Documents are in order of their scores, then of their ids downwards.
 */
export function trueMeasures(qrelsFile, runFile) {
  const rows = (path) =>
    readFileSync(path, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => line.split(' '));
  const grades = new Map();
  for (const [query, , document, grade] of rows(qrelsFile)) get(grades, query, Map).set(document, Number(grade));
  const rankings = new Map();
  for (const [query, , document, , score] of rows(runFile)) get(rankings, query, Map).set(document, Number(score));
  const values = [...grades].map(([query, judged]) => {
    const ranked = [...rankings.get(query)].sort(([a, x], [b, y]) => y - x || (a < b ? 1 : -1)).map(([id]) => id);
    const ideal = [...judged.values()].sort((a, b) => b - a);
    const relevant = ideal.filter((grade) => grade > 0).length;
    const found = ranked.slice(0, 100).filter((id) => judged.get(id) > 0).length;
    return {
      ndcg: gain(ranked.slice(0, 10).map((id) => judged.get(id) ?? 0)) / gain(ideal.slice(0, 10)),
      recall: found / relevant,
    };
  });
  const mean = (name) => values.reduce((sum, value) => sum + value[name], 0) / values.length;
  return { ndcg_cut_10: mean('ndcg'), recall_100: mean('recall') };
}

const gain = (grades) => grades.reduce((sum, grade, i) => sum + grade / Math.log2(i + 2), 0);

function get(map, key, Type) {
  if (!map.has(key)) map.set(key, new Type());
  return map.get(key);
}
