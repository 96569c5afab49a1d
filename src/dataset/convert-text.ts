import { join } from 'node:path';
import { InputError } from '../common/errors.js';
import { AtomicFile } from '../common/write-atomic.js';
import type { Qrels } from '../rank/qrels.js';
import { checkId, type Target } from './convert-ids.js';
import type { Tally } from './convert-tally.js';
import type { CandidateRow, TextRow } from './task.js';
import { TrecRunWriter } from './trec-run-writer.js';

/*
 * BEIR folders (corpus.jsonl, queries.jsonl, qrels/<split>.tsv) and TREC folders (docs.jsonl, queries.jsonl,
 * qrels.<split>.trec), with candidates as runs beside them: candidates/<config>.run.
 */

const blockLength = 1 << 20;

/** Writes lines as they come. */
export async function writeLines(path: string, lines: AsyncIterable<string> | Iterable<string>): Promise<void> {
  const file = await AtomicFile.create(path);
  try {
    let block = '';
    for await (const line of lines) {
      block += `${line}\n`;
      if (block.length < blockLength) continue;
      await file.write(block);
      block = '';
    }
    await file.write(block);
    await file.commit();
  } finally {
    await file.discard();
  }
}

export const tables = {
  beir: { corpus: 'corpus.jsonl', queries: 'queries.jsonl' },
  trec: { corpus: 'docs.jsonl', queries: 'queries.jsonl' },
} as const;

export function documentLine(target: 'beir' | 'trec', { id, text }: TextRow): string {
  return JSON.stringify(target === 'beir' ? { _id: id, title: '', text } : { doc_id: id, text });
}

export function queryLine(target: 'beir' | 'trec', { id, text }: TextRow): string {
  return JSON.stringify(target === 'beir' ? { _id: id, text } : { query_id: id, text });
}

export function qrelsPath(target: 'beir' | 'trec', folder: string, split: string): string {
  return target === 'beir' ? join(folder, 'qrels', `${split}.tsv`) : join(folder, `qrels.${split}.trec`);
}

export function* qrelsLines(target: 'beir' | 'trec', qrels: Qrels, where: string, tally: Tally): Generator<string> {
  if (target === 'beir') yield 'query-id\tcorpus-id\tscore';
  for (const [queryId, judged] of qrels) {
    checkId(target, 'query', queryId, where);
    for (const [documentId, grade] of judged) {
      checkId(target, 'document', documentId, where);
      tally.judgements++;
      yield target === 'beir' ? `${queryId}\t${documentId}\t${grade}` : `${queryId} 0 ${documentId} ${grade}`;
    }
  }
}

/** The order is the score, so that whoever reads the run ranks alike. */
export async function writeCandidateRun(
  folder: string,
  config: string,
  rows: AsyncIterable<CandidateRow>,
  where: string,
  tally: Tally,
): Promise<void> {
  const path = join(folder, 'candidates', `${config}.run`);
  const run = await TrecRunWriter.create(path, config.replace(/[\t-\r ]+/g, '_'));
  let any = false;
  try {
    for await (const { queryId, documentIds } of rows) {
      if (documentIds.length === 0) tally.lose('queries without candidates');
      else any = true;
      checkRunIds(queryId, documentIds, `${where}: candidates ${config}`);
      const scores = Float64Array.from(documentIds, (_, i) => documentIds.length - i);
      await run.write({ queryId, documentIds, scores });
    }
    if (!any) throw new InputError(`${where}: candidates ${config}: there are none to write as a run`);
    await run.commit();
  } finally {
    await run.discard();
  }
}

function checkRunIds(queryId: string, documentIds: readonly string[], where: string): void {
  const target: Target = 'trec';
  checkId(target, 'query', queryId, where);
  const seen = new Set<string>();
  for (const id of documentIds) {
    checkId(target, 'document', id, where);
    if (seen.has(id))
      throw new InputError(`${where}: query ${JSON.stringify(queryId)} has ${JSON.stringify(id)} twice`);
    seen.add(id);
  }
}
