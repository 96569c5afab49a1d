import type { TextEntry } from '../dataset/nano-writer.js';
import type { Qrels } from '../rank/qrels.js';
import type { Survey } from './survey.js';

/** What nDCG@10 is left to a system that knows all answers but sees only texts, so that equal texts get equal scores. */
export interface TextCeiling {
  /** Positives that share their text with a document that is not one of the query's. */
  readonly positivesWithTwin: number;
  /** Queries with such a positive. */
  readonly queriesWithTwin: number;
  /** Mean over queries when ties fall for the positives, at random, and against them; 1 where no texts are shared. */
  readonly best: number;
  readonly expected: number;
  readonly worst: number;
}

/** Documents of one text: how many there are, and how many of them are positives of the query. */
interface Twins {
  readonly size: number;
  readonly positives: number;
}

const depth = 10;

/** As if the source's whole corpus were searched. */
export function weighDuplicates({ corpus, judgements }: Survey, queries: readonly TextEntry[]): TextCeiling {
  const rows = new Map(queries.map(({ id }) => [id, new Set<number>()]));
  for (const { queryId, documentId, relevant } of judgements) {
    const row = corpus.rowOf.get(documentId);
    if (relevant && row !== undefined && corpus.texts.has(row)) rows.get(queryId)?.add(row);
  }
  const groups = Array.from(rows.values(), (positives) => {
    const twins = new Map<string, Twins>();
    for (const row of positives) {
      const key = corpus.texts.key(row);
      if (twins.has(key)) continue;
      const equal = [...corpus.equalTexts.of(row)].filter((each) => !corpus.repeated[each]);
      twins.set(key, { size: equal.length, positives: equal.filter((each) => positives.has(each)).length });
    }
    return [...twins.values()];
  });
  return ceiling(groups);
}

/** Of a set. */
export function weighTexts(corpus: readonly TextEntry[], qrels: Qrels): TextCeiling {
  const idsOf = new Map<string, string[]>();
  for (const { id, text } of corpus) idsOf.set(text, [...(idsOf.get(text) ?? []), id]);
  const textOf = new Map(corpus.map(({ id, text }) => [id, text]));
  const groups = Array.from(qrels.values(), (positives) => {
    const texts = new Set(Array.from(positives.keys(), (id) => textOf.get(id)).filter((text) => text !== undefined));
    return Array.from(texts, (text) => {
      const ids = idsOf.get(text) ?? [];
      return { size: ids.length, positives: ids.filter((id) => positives.has(id)).length };
    });
  });
  return ceiling(groups);
}

/** @param queries for each query the texts of its positives */
function ceiling(queries: readonly (readonly Twins[])[]): TextCeiling {
  let [positivesWithTwin, queriesWithTwin, best, expected, worst] = [0, 0, 0, 0, 0];
  for (const groups of queries) {
    const shared = groups.filter(({ size, positives }) => size > positives);
    positivesWithTwin += shared.reduce((sum, { positives }) => sum + positives, 0);
    if (shared.length > 0) queriesWithTwin++;
    // The texts with the largest share of positives first: no other order can be expected to gain more.
    const ordered = groups.toSorted((a, b) => b.positives / b.size - a.positives / a.size);
    const ideal = gain(ordered.flatMap(({ positives }) => Array<number>(positives).fill(1)));
    if (ideal === 0) continue;
    best += gain(ordered.flatMap(({ size, positives }) => range(size, (i) => (i < positives ? 1 : 0)))) / ideal;
    expected += gain(ordered.flatMap(({ size, positives }) => range(size, () => positives / size))) / ideal;
    worst += gain(ordered.flatMap(({ size, positives }) => range(size, (i) => (i < size - positives ? 0 : 1)))) / ideal;
  }
  const mean = (sum: number) => Number((sum / Math.max(queries.length, 1)).toFixed(6));
  return { positivesWithTwin, queriesWithTwin, best: mean(best), expected: mean(expected), worst: mean(worst) };
}

/** A text may have a million copies, but no rank behind the depth counts. */
function range(size: number, each: (i: number) => number): number[] {
  return Array.from({ length: Math.min(size, depth) }, (_, i) => each(i));
}

function gain(gains: readonly number[]): number {
  return gains.slice(0, depth).reduce((sum, value, i) => sum + value / Math.log2(i + 2), 0);
}
