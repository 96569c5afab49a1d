import { InputError } from '../common/errors.js';
import { compareIds } from '../common/id-order.js';
import type { TextEntry } from '../dataset/nano-writer.js';
import type { Qrels } from '../rank/qrels.js';
import type { Progress, SamplingOptions } from './build-options.js';
import { Digests } from './digests.js';
import { type TextCeiling, weighDuplicates } from './duplicates.js';
import { type SelectionCounts, select } from './select.js';
import type { FullSource } from './source.js';
import { type CorpusCounts, surveySource } from './survey.js';

/** A Nano set without candidates, in memory. */
export interface Sample {
  readonly corpus: readonly TextEntry[];
  readonly queries: readonly TextEntry[];
  /** Grade 1 each, queries in their order. */
  readonly qrels: Qrels;
  readonly source: CorpusCounts;
  readonly selection: SelectionCounts;
  /** What shared texts of the source would cost, for the queries chosen. */
  readonly duplicates: TextCeiling;
}

export interface SampleOptions extends SamplingOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

/**
 * Draws a set from a source in two passes over its corpus: the first keeps digests, the second the texts of the set. In
 * the order `seed` rows are stored by id, so that their place tells no positive from a filler; in the order `source` as
 * they were taken, as HAKARI does. Throws InputError when the source changes in between.
 */
export async function sampleSource(source: FullSource, options: SampleOptions): Promise<Sample> {
  const survey = await surveySource(source, options);
  const selection = select(survey, options);
  const { rows, positives } = selection;
  if (selection.queries.length === 0) {
    throw new InputError(`${source.path}: no query of split ${source.split} has a relevant document in the corpus`);
  }
  const texts = await collect(source, rows, survey.corpus.texts, options);
  const corpus = rows.map((row) => texts.get(row)!);
  const queries = [...selection.queries];
  if (options.order === 'seed') {
    for (const table of [corpus, queries]) table.sort((a, b) => compareIds(a.id, b.id));
  }
  return {
    corpus,
    queries,
    qrels: new Map(queries.map(({ id }) => [id, new Map(positives.get(id)!.map((document) => [document, 1]))])),
    source: survey.corpus.counts,
    selection: selection.counts,
    duplicates: weighDuplicates(survey, selection.queries),
  };
}

async function collect(
  source: FullSource,
  rows: readonly number[],
  digests: Digests,
  { signal, onProgress }: SampleOptions,
): Promise<Map<number, TextEntry>> {
  const wanted = new Set(rows);
  const found = new Map<number, TextEntry>();
  let row = 0;
  for await (const batch of source.documents()) {
    signal?.throwIfAborted();
    for (const document of batch) {
      if (wanted.has(row)) found.set(row, document);
      row++;
    }
    onProgress?.({ stage: 'collect documents', done: row, total: digests.count });
    if (found.size === wanted.size) break;
  }
  for (const each of rows) {
    const again = new Digests();
    again.push(found.get(each)?.text);
    if (again.key(0) !== digests.key(each)) {
      throw new InputError(`${source.path}: row ${each} of the corpus changed while it was read`);
    }
  }
  return found;
}
