/*
 * The front door: everything that another tool may import. Importing it loads neither the native core nor an optional
 * package; each is loaded when first needed.
 */

export type { Analyzer, StagedAnalyzer } from './analysis/analyzer.js';
export { ANALYZER_NAMES, type AnalyzerOptions, openAnalyzer } from './analysis/open-analyzer.js';
export type {
  AuditKind,
  AuditMatch,
  AuditOptions,
  AuditProgress,
  AuditResult,
  AuditRole,
  RoleOverlap,
  SourceCount,
  TrainingFormat,
} from './audit/audit-options.js';
export { auditTraining } from './audit/audit-training.js';
export { type BuiltNanoSet, buildNanoSet } from './build/build-nano-set.js';
export type { BuildNanoOptions } from './build/build-options.js';
export type { Source } from './build/open-source.js';
export type { Embeddings } from './common/embeddings.js';
export { InputError } from './common/errors.js';
export { compareIds } from './common/id-order.js';
export { type ConvertOptions, type ConvertProgress, convertDataset } from './dataset/convert.js';
export type { Target } from './dataset/convert-ids.js';
export type { ConvertedTask } from './dataset/convert-tally.js';
export type { DownloadProgress, HubOptions } from './dataset/hub/hub-options.js';
export { type NanoContent, type TextEntry, writeNanoTask } from './dataset/nano-writer.js';
export { type OpenOptions, openDataset } from './dataset/open-dataset.js';
export {
  type CollectionFacts,
  findCollection,
  findGroup,
  findTask,
  type GroupFacts,
  listCollections,
  listGroups,
  readGroups,
  type TaskFacts,
} from './dataset/registry.js';
export { type SelectedTask, type SelectionOptions, selectTasks } from './dataset/registry-selection.js';
export type { CandidateRow, EncodedRow, Task, TaskCounts, TaskOrigin, TextBatch, TextRow } from './dataset/task.js';
export { readTrecQrels } from './dataset/trec-qrels.js';
export { readTrecRun, type TrecRun } from './dataset/trec-run.js';
export { TrecRunWriter } from './dataset/trec-run-writer.js';
export type { EmbeddingProvider, EmbeddingSource, EncodeOptions, Encoder, Role } from './encoder/encoder.js';
export { encoderProvider } from './encoder/encoder.js';
export { readNpy, writeNpy } from './encoder/npy.js';
export { openEmbeddings } from './encoder/open.js';
export {
  type EvaluateOptions,
  type EvaluationFailure,
  type EvaluationProgress,
  evaluate,
} from './evaluation/evaluate.js';
export type { DenseOptions, LexicalOptions, Profile, VectorSearching } from './evaluation/profile.js';
export type { Bm25Document, Bm25Documents } from './lexical/analyze-corpus.js';
export { type AnalyzedSearchOptions, Bm25Index, type LoadOptions } from './lexical/bm25-index.js';
export {
  BM25_METHODS,
  type Bm25Method,
  type Bm25Options,
  type Bm25SearchOptions,
  type Bm25Weighing,
} from './lexical/bm25-options.js';
export type { Bm25Queries } from './lexical/bm25-queries.js';
export type { Bm25Explanation, ExplainedTerm } from './lexical/explanation.js';
export { MetricAggregator, type MetricOptions, type MetricSummary, type QueryMetrics } from './metrics/aggregator.js';
export type { Protocol } from './metrics/protocol.js';
export { type ScoreOptions, scoreRun } from './metrics/score-run.js';
export { type CoreConfiguration, coreConfiguration } from './native/addon.js';
export { type FusedRanking, type FusionOptions, fuse } from './rank/fusion.js';
export type { Qrels } from './rank/qrels.js';
export type { BatchSearchOptions, Index, Ranking, SearchOptions, TopK, TopKBlock } from './rank/ranking.js';
export { type TieRule, tieRanks } from './rank/tie-order.js';
export { type ComparedResult, renderTable } from './report/table.js';
export { readResult, type TaskResult, type VectorSearch, writeResult } from './results/task-result.js';
export type { BackendStatus, VectorBackend } from './vector/backend.js';
export { backendStatuses } from './vector/backend-statuses.js';
export type { FaissOptions } from './vector/backends/faiss.js';
export { VectorIndex } from './vector/vector-index.js';
export type {
  TfjsIndexOptions,
  VectorBatchSearchOptions,
  VectorIndexOptions,
  VectorMetric,
  VectorOpenOptions,
  VectorPrecision,
  VectorReport,
  VectorSearchOptions,
  VectorTopK,
} from './vector/vector-options.js';
