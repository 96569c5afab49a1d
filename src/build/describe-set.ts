import { compareIds } from '../common/id-order.js';
import type { SamplingOptions } from './build-options.js';
import { firstStageDepth, type HybridCandidates, hybridDepth, rrfK } from './candidates.js';
import { type TextCeiling, weighTexts } from './duplicates.js';
import type { Sample } from './sample.js';
import type { SourceFacts } from './source.js';
import {
  type LanguageDetection,
  type PositiveStatistics,
  positiveStatistics,
  type TextStatistics,
  textStatistics,
} from './statistics.js';

/*
 * What the JSON files of a set say, under HAKARI's keys where it has them. Nothing in them depends on when or where the
 * set was made.
 */

export type CandidateSettings = Readonly<Record<string, string | number>>;

export interface SetFacts {
  readonly group: string;
  readonly task: string;
  readonly source: SourceFacts;
  readonly sampling: SamplingOptions;
  readonly sample: Sample;
  readonly languages: LanguageDetection;
  /** By config. */
  readonly candidates: Readonly<Record<string, CandidateSettings>>;
}

/** `metadata/{split}.json` */
export interface SetMetadata {
  readonly task: string;
  readonly source: Pick<SourceFacts, 'name' | 'split' | 'revision'>;
  readonly counts: { readonly queries: number; readonly documents: number; readonly positive_qrels: number };
  readonly positives_per_query: PositiveStatistics;
  readonly text_stats_chars: { readonly queries: TextStatistics; readonly documents: TextStatistics };
  readonly language_detection: LanguageDetection;
  readonly candidates: Readonly<Record<string, CandidateSettings>>;
  readonly selection: {
    readonly positive_documents: number;
    readonly hard_negatives: number;
    readonly fill: number;
    readonly repeated_queries: number;
    readonly queries_without_positives: number;
    /** By why a judgement above 0 of a query is not in the set (`DroppedJudgements`). */
    readonly dropped_judgements: Readonly<Record<string, number>>;
  };
  readonly duplicates: {
    readonly source: CeilingReport & {
      readonly documents: number;
      readonly empty_texts: number;
      readonly repeated_ids: number;
      readonly shared_texts: number;
      readonly documents_of_shared_texts: number;
    };
    readonly set: CeilingReport;
  };
}

/** `TextCeiling`. */
interface CeilingReport {
  readonly positives_with_twin: number;
  readonly queries_with_twin: number;
  readonly ceiling_ndcg_at_10_best: number;
  readonly ceiling_ndcg_at_10_expected: number;
  readonly ceiling_ndcg_at_10_worst: number;
}

export function describeSet({ task, source, sample, languages, candidates }: SetFacts): SetMetadata {
  const { corpus, queries, qrels, selection } = sample;
  const { droppedJudgements: dropped } = selection;
  return {
    task,
    source: { name: source.name, split: source.split, ...(source.revision && { revision: source.revision }) },
    counts: { queries: queries.length, documents: corpus.length, positive_qrels: countPositives(sample) },
    positives_per_query: positiveStatistics(qrels),
    text_stats_chars: { queries: textStatistics(queries), documents: textStatistics(corpus) },
    language_detection: languages,
    candidates,
    selection: {
      positive_documents: selection.positiveDocuments,
      hard_negatives: selection.hardNegatives,
      fill: selection.fill,
      repeated_queries: selection.repeatedQueries,
      queries_without_positives: selection.queriesWithoutPositives,
      dropped_judgements: {
        not_in_corpus: dropped.notInCorpus,
        empty_text: dropped.emptyText,
        shared_text: dropped.sharedText,
        document_limit: dropped.documentLimit,
        positives_limit: dropped.positivesLimit,
        positives_limit_in_set: dropped.positivesLimitInSet,
      },
    },
    duplicates: {
      source: {
        documents: sample.source.documents,
        empty_texts: sample.source.emptyTexts,
        repeated_ids: sample.source.repeatedIds,
        shared_texts: sample.source.sharedTexts,
        documents_of_shared_texts: sample.source.documentsOfSharedTexts,
        ...ceilingKeys(sample.duplicates),
      },
      set: ceilingKeys(weighTexts(corpus, qrels)),
    },
  };
}

function ceilingKeys({ positivesWithTwin, queriesWithTwin, best, expected, worst }: TextCeiling): CeilingReport {
  return {
    positives_with_twin: positivesWithTwin,
    queries_with_twin: queriesWithTwin,
    ceiling_ndcg_at_10_best: best,
    ceiling_ndcg_at_10_expected: expected,
    ceiling_ndcg_at_10_worst: worst,
  };
}

export function countPositives({ qrels }: Sample): number {
  return [...qrels.values()].reduce((sum, judged) => sum + judged.size, 0);
}

/** `reranking_hybrid_metadata.json` */
export function describeHybrid({ task, candidates, sample }: SetFacts, dense: string, hybrid: HybridCandidates) {
  const safeguardRank = Math.min(hybridDepth, sample.corpus.length) + 1;
  const lengths = new Map<number, number>();
  for (const { documentIds } of hybrid.rows) {
    lengths.set(documentIds.length, (lengths.get(documentIds.length) ?? 0) + 1);
  }
  const byId = [...hybrid.safeguards].sort(([a], [b]) => compareIds(a, b));
  return {
    policy: `reciprocal rank fusion of bm25 and ${dense}; where no positive is kept, one is appended`,
    rrf_k: rrfK,
    rrf_top_k: hybridDepth,
    first_stage_depth: firstStageDepth,
    safeguard_rank: safeguardRank,
    splits: {
      [task]: {
        bm25: candidates.bm25,
        dense: { config: dense, ...candidates[dense] },
        rows_by_length: Object.fromEntries([...lengths].sort(([a], [b]) => a - b)),
        safeguarded_queries: byId.length,
        safeguards: Object.fromEntries(byId),
      },
    },
  };
}
