import { InputError } from '../common/errors.js';
import type { TextEntry } from '../dataset/nano-writer.js';
import type { CandidateRow } from '../dataset/task.js';
import type { FullSource, Judgement, SourceFacts } from './source.js';

/**
 * Several sources, the subsets of one task. Ids become `{task}__{subset}::q::{id}` and `...::d::{id}` (HAKARI's, the
 * task in kebab-case). One subset stands behind the other, but documents come in turn where aligned; queries are taken in
 * turn by who selects them, for most of a table may not be judged.
 */
export class CombinedSource implements FullSource {
  readonly path: string;
  readonly split = 'combined';
  readonly name: string;
  readonly isOneOfMany = true;
  readonly language: string | undefined;
  readonly category: FullSource['category'];
  readonly #subsets: readonly Subset[];
  readonly #places: ReadonlyMap<string, number>;
  readonly #aligned: boolean;

  /** Throws InputError when two subsets have the same name. */
  constructor(task: string, sources: ReadonlyMap<string, FullSource>, aligned: boolean) {
    const names = [...sources.keys()];
    const colons = names.find((name) => name.includes('::'));
    if (colons !== undefined) throw new InputError(`${colons}: the name of a subset must not hold ::`);
    this.path = names.join(', ');
    this.name = task;
    const kebab = task.replaceAll('_', '-');
    this.#subsets = Array.from(sources, ([name, source]) => ({ name, source, prefix: `${kebab}__${name}` }));
    this.#places = new Map(this.#subsets.map(({ prefix }, place) => [prefix, place]));
    this.#aligned = aligned;
    const [first, ...others] = [...sources.values()];
    const same = (key: 'language' | 'category') => others.every((other) => other[key] === first?.[key]);
    this.language = same('language') ? first?.language : 'multilingual';
    this.category = same('category') ? first?.category : undefined;
  }

  subsetOf(id: string): number {
    return this.#places.get(id.slice(0, id.indexOf('::'))) ?? 0;
  }

  documents(): AsyncGenerator<readonly TextEntry[], void, void> {
    const tables = this.#subsets.map(({ source, prefix }) => prefixed(source.documents(), `${prefix}::d::`));
    return this.#aligned ? inTurn(tables) : oneByOne(tables);
  }

  queries(): AsyncGenerator<readonly TextEntry[], void, void> {
    return oneByOne(this.#subsets.map(({ source, prefix }) => prefixed(source.queries(), `${prefix}::q::`)));
  }

  async *judgements(): AsyncGenerator<readonly Judgement[], void, void> {
    for (const { source, prefix } of this.#subsets) {
      for await (const batch of source.judgements()) {
        yield batch.map(({ queryId, documentId, relevant }) => ({
          queryId: `${prefix}::q::${queryId}`,
          documentId: `${prefix}::d::${documentId}`,
          relevant,
        }));
      }
    }
  }

  async *candidates(config: string): AsyncGenerator<CandidateRow, void, void> {
    for (const { source, prefix } of this.#subsets) {
      for await (const { queryId, documentIds } of source.candidates(config)) {
        yield { queryId: `${prefix}::q::${queryId}`, documentIds: documentIds.map((id) => `${prefix}::d::${id}`) };
      }
    }
  }

  async facts(signal?: AbortSignal): Promise<SourceFacts> {
    const subsets: Record<string, SourceFacts> = {};
    for (const { name, source } of this.#subsets) subsets[name] = await source.facts(signal);
    return { name: this.path, split: this.split, format: 'combined', subsets };
  }
}

interface Subset {
  readonly name: string;
  readonly source: FullSource;
  readonly prefix: string;
}

type Batches = AsyncIterable<readonly TextEntry[]>;

async function* prefixed(batches: Batches, prefix: string): AsyncGenerator<TextEntry[], void, void> {
  for await (const batch of batches) yield batch.map(({ id, text }) => ({ id: prefix + id, text }));
}

async function* oneByOne(tables: readonly Batches[]): AsyncGenerator<readonly TextEntry[], void, void> {
  for (const table of tables) yield* table;
}

/** The first row of each table, then the second of each ... */
async function* inTurn(tables: readonly Batches[]): AsyncGenerator<readonly TextEntry[], void, void> {
  let open = tables.map(rowsOf);
  try {
    while (open.length > 0) {
      const rows: TextEntry[] = [];
      const left: typeof open = [];
      for (const table of open) {
        const { done, value } = await table.next();
        if (done) continue;
        rows.push(value);
        left.push(table);
      }
      open = left;
      yield rows;
    }
  } finally {
    for (const table of open) await table.return();
  }
}

async function* rowsOf(batches: Batches): AsyncGenerator<TextEntry, void, void> {
  for await (const batch of batches) yield* batch;
}
