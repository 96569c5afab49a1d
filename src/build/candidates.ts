import type { Analyzer } from '../analysis/analyzer.js';
import { checkLanguage } from '../analysis/languages.js';
import { openAnalyzer } from '../analysis/open-analyzer.js';
import { chooseAnalyzer, declaredLanguage } from '../analysis/policy.js';
import type { TextEntry } from '../dataset/nano-writer.js';
import type { CandidateRow } from '../dataset/task.js';
import { Bm25Index } from '../lexical/bm25-index.js';
import { fuse } from '../rank/fusion.js';
import type { Qrels } from '../rank/qrels.js';
import type { TopK } from '../rank/ranking.js';
import { safeguardPositive } from '../rank/safeguard.js';
import type { BuildNanoOptions } from './build-options.js';
import type { FullSource } from './source.js';

/** HAKARI's: depth of first-stage lists, and of the fused one, and the constant of 1 / (k + rank). */
export const firstStageDepth = 500;
export const hybridDepth = 100;
export const rrfK = 100;

export interface LexicalCandidates {
  readonly rows: readonly CandidateRow[];
  readonly settings: Readonly<Record<string, string | number>>;
}

type Context = Pick<BuildNanoOptions, 'analyzer' | 'language' | 'signal' | 'onProgress'>;

/** The 500 best documents of each query by BM25 as HAKARI weighs it, equal scores by id. */
export async function bm25Candidates(
  { corpus, queries }: { readonly corpus: readonly TextEntry[]; readonly queries: readonly TextEntry[] },
  source: Pick<FullSource, 'language' | 'category'>,
  options: Context,
): Promise<LexicalCandidates> {
  const { signal, onProgress } = options;
  onProgress?.({ stage: 'bm25', done: 0, total: queries.length });
  const texts = queries.map(({ text }) => text);
  const { analyzer, why, engines } = await pickAnalyzer(texts, source, options);
  using index = await Bm25Index.build(corpus, { analyzer, tieRule: 'id-ascending', signal });
  const topK = await index.search(texts, { k: firstStageDepth, signal });
  const { method, k1, b } = index;
  return {
    rows: toRows(queries, corpus, topK),
    settings: { depth: firstStageDepth, analyzer: analyzer.name, analyzer_reason: why, ...engines, method, k1, b },
  };
}

interface Picked {
  readonly analyzer: Analyzer;
  readonly why: string;
  readonly engines: { readonly analyzer_engines?: string };
}

async function pickAnalyzer(
  queries: readonly string[],
  source: Pick<FullSource, 'language' | 'category'>,
  { analyzer, language }: Context,
): Promise<Picked> {
  if (typeof analyzer === 'object') return { analyzer, why: 'given', engines: {} };
  const given = language === undefined ? undefined : checkLanguage('language', language);
  if (analyzer !== undefined) {
    const opened = await openAnalyzer(analyzer, { language: given ?? declaredLanguage(source.language) });
    return { analyzer: opened, why: 'given', engines: listed(opened.engines) };
  }
  const choice = await chooseAnalyzer(source, queries, given);
  const opened = await openAnalyzer(choice.analyzer);
  return { analyzer: opened, why: choice.why, engines: listed({ ...opened.engines, ...choice.engines }) };
}

function listed(engines: Readonly<Record<string, string>>): Picked['engines'] {
  const list = Object.entries(engines).map(([name, version]) => `${name} ${version}`);
  return list.length === 0 ? {} : { analyzer_engines: list.join(', ') };
}

/** The rows of `topK` with ids. */
export function toRows(queries: readonly TextEntry[], corpus: readonly TextEntry[], topK: TopK): CandidateRow[] {
  return queries.map(({ id }, row) => {
    const found = topK.indices.subarray(row * topK.k, row * topK.k + topK.counts[row]!);
    return { queryId: id, documentIds: Array.from(found, (position) => corpus[position]!.id) };
  });
}

export interface HybridCandidates {
  readonly rows: readonly CandidateRow[];
  /** Query id -> the positive that was appended, because none was among the 100. */
  readonly safeguards: ReadonlyMap<string, string>;
}

/** HAKARI's reranking_hybrid (its rule 4.1) of two first-stage lists of the same queries in the same order. */
export function hybridCandidates(
  lexical: readonly CandidateRow[],
  dense: readonly CandidateRow[],
  qrels: Qrels,
  split: string,
): HybridCandidates {
  const safeguards = new Map<string, string>();
  const rows = lexical.map(({ queryId, documentIds }, i) => {
    const fused = fuse([documentIds, dense[i]!.documentIds], { k: rrfK, limit: hybridDepth });
    const positives = qrels.get(queryId)?.keys() ?? [];
    const safeguard = safeguardPositive({ split, queryId, kept: fused.documentIds, positives });
    if (safeguard === undefined) return { queryId, documentIds: fused.documentIds };
    safeguards.set(queryId, safeguard);
    return { queryId, documentIds: [...fused.documentIds, safeguard] };
  });
  return { rows, safeguards };
}
