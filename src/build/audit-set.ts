import { createHash } from 'node:crypto';
import { show } from '../common/check.js';
import { InputError } from '../common/errors.js';
import type { CandidateRow, Task } from '../dataset/task.js';
import type { Qrels } from '../rank/qrels.js';
import type { SamplingOptions } from './build-options.js';
import { firstStageDepth, hybridDepth } from './candidates.js';

/** How many problems a message lists. */
const shown = 10;

/**
 * Reads a set as it was written and checks it against the rules it was made by (HAKARI's audit of candidates, and what
 * the selection promises of corpus, queries and judgements). Throws InputError that lists what does not hold.
 */
export async function auditNanoTask(task: Task, options: SamplingOptions): Promise<void> {
  const problems: string[] = [];
  const complain = (problem: string) => problems.push(problem);
  const corpus = await readTexts(task.corpus());
  const queries = await readTexts(task.queries());
  const qrels = await task.qrels();
  if (corpus.size > options.documents) complain(`${corpus.size} documents, more than ${options.documents}`);
  if (queries.size > options.queries) complain(`${queries.size} queries, more than ${options.queries}`);
  if (!options.keepDuplicates) {
    checkDistinct('query', queries, complain);
    checkDistinct('document', corpus, complain);
  }
  checkJudgements(qrels, queries, corpus, options, complain);
  for (const config of await task.candidateConfigs()) {
    const rows: CandidateRow[] = [];
    for await (const row of task.candidates(config)) rows.push(row);
    checkCandidates(config, rows, { qrels, queries, corpus }, complain);
  }
  if (problems.length === 0) return;
  const more = problems.length > shown ? `; and ${problems.length - shown} more` : '';
  throw new InputError(`${task.path}: the set fails its audit: ${problems.slice(0, shown).join('; ')}${more}`);
}

/** Id -> digest of the text: the texts themselves are held already by who has the set written. */
type Texts = ReadonlyMap<string, string>;
type Complain = (problem: string) => void;

async function readTexts(batches: ReturnType<Task['corpus']>): Promise<Texts> {
  const texts = new Map<string, string>();
  for await (const { rows } of batches) {
    for (const { id, text } of rows) texts.set(id, createHash('sha256').update(text).digest('base64'));
  }
  return texts;
}

function checkDistinct(kind: string, texts: Texts, complain: Complain): void {
  const seen = new Map<string, string>();
  for (const [id, text] of texts) {
    const earlier = seen.get(text);
    if (earlier !== undefined) complain(`${kind} ${show(id)} has the text of ${show(earlier)}`);
    seen.set(text, id);
  }
}

function checkJudgements(
  qrels: Qrels,
  queries: Texts,
  corpus: Texts,
  { positives }: SamplingOptions,
  complain: Complain,
): void {
  for (const id of queries.keys()) if (!qrels.get(id)?.size) complain(`query ${show(id)} has no positive`);
  for (const [queryId, judged] of qrels) {
    if (!queries.has(queryId)) complain(`query ${show(queryId)} of the judgements is not there`);
    if (judged.size > positives) complain(`query ${show(queryId)} has ${judged.size} positives`);
    for (const id of judged.keys()) if (!corpus.has(id)) complain(`positive ${show(id)} is not in the corpus`);
  }
}

interface Tables {
  readonly qrels: Qrels;
  readonly queries: Texts;
  readonly corpus: Texts;
}

/** The checks of HAKARI's rule 4.1 on one candidate config. */
export function checkCandidates(
  config: string,
  rows: readonly CandidateRow[],
  { qrels, queries, corpus }: Tables,
  complain: Complain,
): void {
  const found = new Set(rows.map(({ queryId }) => queryId));
  for (const id of queries.keys()) if (!found.has(id)) complain(`${config}: query ${show(id)} has no row`);
  const depth = Math.min(config === 'reranking_hybrid' ? hybridDepth : firstStageDepth, corpus.size);
  for (const { queryId, documentIds } of rows) {
    const of = `${config}: query ${show(queryId)}`;
    if (!queries.has(queryId)) complain(`${of} is not there`);
    if (new Set(documentIds).size < documentIds.length) complain(`${of}: a document occurs twice`);
    const stranger = documentIds.find((id) => !corpus.has(id));
    if (stranger !== undefined) complain(`${of}: ${show(stranger)} is not in the corpus`);
    const positives = qrels.get(queryId) ?? new Map<string, number>();
    const reached = documentIds.slice(0, depth).some((id) => positives.has(id));
    const exempt = config !== 'reranking_hybrid' || reached || positives.size === 0;
    const expected = exempt ? depth : depth + 1;
    if (documentIds.length !== expected) complain(`${of}: ${documentIds.length} documents in place of ${expected}`);
    if (!exempt && !positives.has(documentIds[depth] ?? '')) complain(`${of}: its safeguard is not a positive`);
  }
}
