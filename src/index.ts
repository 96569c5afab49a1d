export type { CandidateRow, Task, TextBatch, TextRow } from './dataset/task.js';
export type { Qrels } from './rank/qrels.js';
export type { BatchSearchOptions, Index, Ranking, SearchOptions, TopK, TopKBlock } from './rank/ranking.js';
