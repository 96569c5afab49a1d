import { fail } from '../common/check.js';
import type { TextEntry } from '../dataset/nano-writer.js';
import type { CandidateRow } from '../dataset/task.js';
import type { EmbeddingProvider, EmbeddingSource, Role } from '../encoder/encoder.js';
import { VectorIndex } from '../vector/vector-index.js';
import type { BuildNanoOptions } from './build-options.js';
import { firstStageDepth, toRows } from './candidates.js';

export interface DenseCandidates {
  readonly rows: readonly CandidateRow[];
  readonly settings: Readonly<Record<string, string | number>>;
}

export interface DenseTask {
  readonly group: string;
  readonly name: string;
  readonly corpus: readonly TextEntry[];
  readonly queries: readonly TextEntry[];
}

/** Names that a dense config must not take. */
const reserved = ['corpus', 'queries', 'qrels', 'metadata', 'bm25', 'reranking_hybrid'];

/**
 * A config's name from an encoder's id, as HAKARI makes `harrier_oss_v1_270m` of `microsoft/harrier-oss-v1-270m`: what
 * stands behind the last slash, with underscores. Throws InputError when nothing is left or the name is taken.
 */
export function denseConfigName({ id }: EmbeddingProvider, given: string | undefined): string {
  const last = id.split(/[/\\]/).findLast((part) => part !== '') ?? '';
  const name =
    given ??
    last
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '_')
      .replace(/^_+|_+$/g, '');
  if (name === '' || reserved.includes(name)) {
    fail('denseConfig', `a name other than ${reserved.join(', ')}`, given ?? id);
  }
  return name;
}

/** The 500 nearest documents of each query by cosine, equal scores by id. */
export async function denseCandidates(
  task: DenseTask,
  provider: EmbeddingProvider,
  { signal, onProgress }: Pick<BuildNanoOptions, 'signal' | 'onProgress'>,
): Promise<DenseCandidates> {
  const { corpus, queries } = task;
  const source = await provider.forTask({ group: task.group, name: task.name });
  const embed = async (table: readonly TextEntry[], role: Role, stage: string) => {
    source.checkTable(role, table.length);
    const rows = table.map(({ text }, row) => ({ text, row }));
    const report = (done: number, total: number) => onProgress?.({ stage, done, total });
    report(0, rows.length);
    return source.embed(rows, role, { ...(signal && { signal }), onProgress: report });
  };
  const asked = await embed(queries, 'query', 'encode queries');
  const embeddings = await embed(corpus, 'document', 'encode documents');
  using index = await VectorIndex.create(embeddings, { ids: corpus.map(({ id }) => id), signal });
  const topK = await index.search(asked, { k: firstStageDepth, signal });
  return { rows: toRows(queries, corpus, topK), settings: settingsOf(source, index) };
}

function settingsOf({ id, fingerprint }: EmbeddingSource, { dimension, metric }: VectorIndex) {
  // A folder's place on this machine says nothing; the fingerprint does.
  const encoder = id.startsWith('precomputed:') ? 'precomputed' : id;
  return { depth: firstStageDepth, encoder, encoder_fingerprint: fingerprint, dimension, metric };
}
