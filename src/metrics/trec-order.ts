import { InputError } from '../common/errors.js';
import { compareIds } from '../common/id-order.js';
import type { Ranking } from '../rank/ranking.js';

/**
 * The ids of the first `depth` documents of a ranking in the order in which trec_eval evaluates it: score descending,
 * then document id descending as UTF-8 bytes, whatever the order or the ranks written. Scores are compared as float64,
 * as trec_eval 10 does (versions up to 9 hold them as float32, so that scores which differ by less tie there).
 */
export function inTrecEvalOrder(ranking: Ranking, depth: number): readonly string[] {
  return isInOrder(ranking) ? ranking.documentIds : firstInOrder(ranking, depth);
}

function isInOrder({ queryId, documentIds, scores }: Ranking): boolean {
  let ordered = true;
  let above = Number.POSITIVE_INFINITY;
  for (let i = 0; i < documentIds.length; i++) {
    const score = scores[i]!;
    if (Number.isNaN(score))
      throw new InputError(`query "${queryId}": the score of document "${documentIds[i]}" is NaN`);
    if (score >= above && i > 0) ordered &&= score === above && compareIds(documentIds[i - 1]!, documentIds[i]!) > 0;
    above = score;
  }
  return ordered;
}

/** Sorting bare numbers is several times faster than sorting by comparison, so it picks who may be among the first. */
function firstInOrder({ documentIds, scores }: Ranking, depth: number): string[] {
  const last = depth < scores.length ? Float64Array.from(scores).sort()[scores.length - depth]! : undefined;
  const candidates: number[] = [];
  for (let i = 0; i < scores.length; i++) if (last === undefined || scores[i]! >= last) candidates.push(i);
  candidates.sort((a, b) => scores[b]! - scores[a]! || compareIds(documentIds[b]!, documentIds[a]!));
  return candidates.slice(0, depth).map((i) => documentIds[i]!);
}
