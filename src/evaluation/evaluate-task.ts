import { InputError } from '../common/errors.js';
import { packageVersion } from '../common/version.js';
import type { Task } from '../dataset/task.js';
import { MetricAggregator, type MetricSummary } from '../metrics/aggregator.js';
import type { Protocol } from '../metrics/protocol.js';
import { coreConfiguration } from '../native/addon.js';
import type { Ranking } from '../rank/ranking.js';
import type { TaskResult } from '../results/task-result.js';
import { countDangling } from './dangling-judgements.js';
import { type Profile, profileLabel } from './profile.js';
import type { OnProgress, Retriever } from './retriever.js';
import type { TaskSession } from './task-session.js';

/** What every evaluation measures; `measures` may add to it. */
export const STANDARD_MEASURES = [
  'ndcg@10',
  'recall@100',
  'recall@100_micro',
  'hit@10',
  'precision@10',
  'mrr@10',
  'map@100',
  'ndcg_exp@10',
] as const;

export interface EvaluationOptions {
  readonly protocol: Protocol;
  /** Documents per ranking. */
  readonly topK: number;
  readonly measures?: readonly string[] | undefined;
  /** Receives every ranking as it is made. */
  readonly onRanking?: ((ranking: Ranking) => Promise<void>) | undefined;
  readonly onProgress?: OnProgress | undefined;
  readonly signal?: AbortSignal | undefined;
}

const QUERIES_PER_BLOCK = 256;

/** Weighs one profile on the session's task: rankings stream into the metrics and are forgotten. */
export async function evaluateTask(
  session: TaskSession,
  profile: Profile,
  options: EvaluationOptions,
): Promise<TaskResult> {
  const { protocol, topK, onRanking } = options;
  const { clock } = session;
  const retriever = await session.retriever(profile);
  clock.enter('search');
  const measures = [...STANDARD_MEASURES, ...(options.measures ?? [])];
  const aggregator = new MetricAggregator({ qrels: session.qrels, measures, protocol });
  for await (const ranking of rankings(session, retriever, options)) {
    aggregator.push(ranking, { distinct: true });
    await onRanking?.(ranking);
  }
  const summary = aggregator.summary();
  if (summary.queries === 0) throw new InputError(nothingMeasured(session));
  const { task } = session;
  const counts = countsOf(session, retriever, summary);
  return {
    schema: 'tenbin-result/1',
    group: task.group,
    task: task.name,
    profile: profileLabel(profile),
    language: task.language,
    metrics: summary.metrics,
    counts,
    settings: { protocol, topK, ...retriever.settings },
    vectorSearch: retriever.vectorSearch,
    remarks: remarksOn(task, counts),
    dataset: { path: task.path, format: task.format, origin: task.origin },
    environment: environment(),
    seconds: clock.take(),
    finishedAt: new Date().toISOString(),
  };
}

async function* rankings(
  session: TaskSession,
  retriever: Retriever,
  { topK, onProgress, signal }: EvaluationOptions,
): AsyncGenerator<Ranking> {
  const total = session.queries.length;
  for (let start = 0; start < total; start += QUERIES_PER_BLOCK) {
    signal?.throwIfAborted();
    const end = Math.min(start + QUERIES_PER_BLOCK, total);
    session.clock.enter('search');
    const block = await retriever.retrieve(start, end, topK, signal);
    session.clock.enter('measure');
    yield* block;
    onProgress?.({ stage: 'search', done: end, total });
  }
}

function nothingMeasured({ task, queries }: TaskSession): string {
  const reason = queries.length === 0 ? 'there are no queries' : `none of its ${queries.length} queries is judged`;
  return `${task.path}: task ${task.name}: ${reason}`;
}

function countsOf(session: TaskSession, retriever: Retriever, summary: MetricSummary): TaskResult['counts'] {
  let judgements = 0;
  for (const grades of session.qrels.values()) judgements += grades.size;
  return {
    queries: session.queries.length,
    judgements,
    queriesAveraged: summary.queries,
    queriesWithoutJudgements: summary.queriesWithoutJudgements,
    rankingsWithoutDocuments: summary.rankingsWithoutDocuments,
    ...countDangling(
      session.qrels,
      session.queries.map(({ id }) => id),
      retriever.documentIds,
    ),
    ...retriever.counts,
  };
}

/** What is odd about the task itself, alike for all profiles. */
function remarksOn(task: Task, counts: TaskResult['counts']): string[] | undefined {
  const { documents, positivesWithoutDocument = 0, judgedWithoutQuery = 0 } = counts;
  const remarks = differingCounts(task, counts);
  if (documents === 0) remarks.push('the corpus has no documents');
  if (positivesWithoutDocument > 0) {
    remarks.push(`${positivesWithoutDocument} positive judgements name documents that are not in the corpus`);
  }
  if (judgedWithoutQuery > 0) remarks.push(`${judgedWithoutQuery} judged queries are not among the queries`);
  return remarks.length > 0 ? remarks : undefined;
}

/** Where the task is not of the size that it is known to have: its scores may then not be those of that task. */
function differingCounts({ known }: Task, counts: TaskResult['counts']): string[] {
  if (known === undefined) return [];
  const pairs = [
    ['queries', counts.queries, known.queries],
    ['documents', counts.documents, known.documents],
    ['positive judgements', counts.judgements, known.positives],
  ] as const;
  const differing = pairs.filter(
    ([, found, expected]) => found !== undefined && expected !== undefined && found !== expected,
  );
  const doubt = known.countsInDoubt ? ', which may be of an older build' : '';
  return differing.map(([what, found, expected]) => `${found} ${what}, where the registry has ${expected}${doubt}`);
}

function environment() {
  const { isa, threads } = coreConfiguration();
  return {
    tenbin: packageVersion(),
    node: process.version,
    platform: `${process.platform}-${process.arch}`,
    isa,
    threads,
  };
}
