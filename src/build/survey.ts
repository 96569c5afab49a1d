import { Breath } from '../common/breath.js';
import { show } from '../common/check.js';
import { InputError } from '../common/errors.js';
import type { TextEntry } from '../dataset/nano-writer.js';
import type { Progress, SamplingOptions } from './build-options.js';
import { Digests, EqualRows } from './digests.js';
import type { FullSource, Judgement } from './source.js';

/**
 * What the first pass over a source learns: judgements and judged queries whole, of the corpus no more than digests of
 * ids and texts, some 40 bytes a document.
 */
export interface Survey {
  /** In the source's order, each pair once. */
  readonly judgements: readonly Judgement[];
  /** Those with a relevant document, in the source's order, repeats included. */
  readonly queries: readonly TextEntry[];
  /** Of a query. */
  readonly subsetOf: (id: string) => number;
  /** Query id -> unjudged documents of the candidates that were asked for, best first. */
  readonly hardNegatives: ReadonlyMap<string, readonly string[]>;
  readonly corpus: CorpusSurvey;
}

export interface CorpusSurvey {
  /** Rows of the table. */
  readonly rows: number;
  /** First row of each document that is judged or a candidate; those that are not in the corpus are missing. */
  readonly rowOf: ReadonlyMap<string, number>;
  /** Rows in the order of SHA-256 of `{seed}:{id}`. */
  readonly shuffled: Uint32Array;
  /** 1 for a row whose id an earlier row has. */
  readonly repeated: Uint8Array;
  readonly texts: Digests;
  readonly equalTexts: EqualRows;
  /** Which subset a row belongs to: `rows` entries, or none where there is one subset. */
  readonly subsets: Uint16Array | undefined;
  readonly counts: CorpusCounts;
}

export interface CorpusCounts {
  readonly documents: number;
  readonly emptyTexts: number;
  readonly repeatedIds: number;
  /** Texts that several ids have, and how many documents have one of them. */
  readonly sharedTexts: number;
  readonly documentsOfSharedTexts: number;
}

type SurveyOptions = Pick<SamplingOptions, 'seed' | 'hardNegatives'> & {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
};

/** Throws InputError for a source without relevant judgements or without documents. */
export async function surveySource(source: FullSource, options: SurveyOptions): Promise<Survey> {
  const judgements = await readJudgements(source);
  const answered = new Set(judgements.filter(({ relevant }) => relevant).map(({ queryId }) => queryId));
  if (answered.size === 0) throw new InputError(`${source.path}: no judgement of split ${source.split} is above 0`);
  const queries: TextEntry[] = [];
  for await (const batch of source.queries()) {
    options.signal?.throwIfAborted();
    for (const query of batch) if (answered.has(query.id)) queries.push(query);
  }
  if (queries.length === 0) {
    throw new InputError(`${source.path}: no query of the table has a judgement above 0 in split ${source.split}`);
  }
  const hardNegatives = await readHardNegatives(source, options.hardNegatives, judgements);
  const named = new Set(judgements.map(({ documentId }) => documentId));
  for (const documents of hardNegatives.values()) for (const id of documents) named.add(id);
  const corpus = await surveyCorpus(source, named, options);
  return { judgements, queries, subsetOf: (id) => source.subsetOf?.(id) ?? 0, hardNegatives, corpus };
}

async function readJudgements(source: FullSource): Promise<Judgement[]> {
  const judgements: Judgement[] = [];
  const seen = new Map<string, Map<string, boolean>>();
  for await (const batch of source.judgements()) {
    for (const judgement of batch) {
      const { queryId, documentId, relevant } = judgement;
      const judged = seen.get(queryId) ?? new Map<string, boolean>();
      const earlier = judged.get(documentId);
      if (earlier !== undefined && earlier !== relevant) {
        const pair = `${show(queryId)} and ${show(documentId)}`;
        throw new InputError(`${source.path}: split ${source.split}: ${pair} are judged both relevant and not`);
      }
      if (earlier === undefined) judgements.push(judgement);
      seen.set(queryId, judged.set(documentId, relevant));
    }
  }
  return judgements;
}

/** Query id -> documents of the candidates, best first, that are not judged for it. */
async function readHardNegatives(
  source: FullSource,
  config: string | undefined,
  judgements: readonly Judgement[],
): Promise<Map<string, string[]>> {
  const judged = new Map<string, Set<string>>();
  for (const { queryId, documentId } of judgements) {
    judged.set(queryId, (judged.get(queryId) ?? new Set()).add(documentId));
  }
  const negatives = new Map<string, string[]>();
  if (config === undefined) return negatives;
  for await (const { queryId, documentIds } of source.candidates(config)) {
    const known = judged.get(queryId);
    if (known !== undefined)
      negatives.set(
        queryId,
        [...new Set(documentIds)].filter((id) => !known.has(id)),
      );
  }
  return negatives;
}

async function surveyCorpus(
  source: FullSource,
  named: ReadonlySet<string>,
  { seed, signal, onProgress }: SurveyOptions,
): Promise<CorpusSurvey> {
  const rowOf = new Map<string, number>();
  const [ids, texts] = [new Digests(), new Digests()];
  const subsets: number[] = [];
  const breath = new Breath();
  for await (const batch of source.documents()) {
    signal?.throwIfAborted();
    for (const { id, text } of batch) {
      if (named.has(id) && !rowOf.has(id)) rowOf.set(id, ids.count);
      if (source.subsetOf !== undefined) subsets.push(source.subsetOf(id));
      ids.push(`${seed}:${id}`);
      texts.push(text === '' ? undefined : text);
    }
    onProgress?.({ stage: 'survey documents', done: ids.count });
    await breath.take();
  }
  if (ids.count === 0) throw new InputError(`${source.path}: the corpus is empty`);
  const shuffled = ids.sorted();
  const repeated = new Uint8Array(ids.count);
  for (let i = 1; i < shuffled.length; i++) {
    if (ids.compare(shuffled[i - 1]!, shuffled[i]!) === 0) repeated[shuffled[i]!] = 1;
  }
  const byText = texts.sorted();
  return {
    rows: ids.count,
    rowOf,
    shuffled,
    repeated,
    texts,
    equalTexts: new EqualRows(texts, byText),
    subsets: source.subsetOf === undefined ? undefined : Uint16Array.from(subsets),
    counts: countCorpus(texts, byText, repeated),
  };
}

function countCorpus(texts: Digests, byText: Uint32Array, repeated: Uint8Array): CorpusCounts {
  let [emptyTexts, repeatedIds, sharedTexts, documentsOfSharedTexts] = [0, 0, 0, 0];
  /** The last row that counted, and how many had its text. */
  let [last, same] = [-1, 0];
  for (const row of byText) {
    if (repeated[row]) repeatedIds++;
    else if (!texts.has(row)) emptyTexts++;
    else {
      same = last >= 0 && texts.compare(last, row) === 0 ? same + 1 : 1;
      last = row;
      if (same === 2) sharedTexts++;
      if (same > 1) documentsOfSharedTexts += same === 2 ? 2 : 1;
    }
  }
  return { documents: byText.length, emptyTexts, repeatedIds, sharedTexts, documentsOfSharedTexts };
}
