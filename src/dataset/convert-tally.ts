/** What a conversion met that its target holds otherwise, or not at all; each is counted. */
export type Loss =
  | 'grades'
  | 'judgements below 1'
  | 'unjudged queries'
  | 'documents without text'
  | 'queries without text'
  | 'white space at the ends'
  | 'queries without candidates';

/** What was written for one task. */
export interface ConvertedTask {
  readonly task: string;
  readonly path: string;
  readonly documents: number;
  readonly queries: number;
  readonly judgements: number;
  readonly candidates: readonly string[];
  readonly losses: Partial<Record<Loss, number>>;
}

export class Tally {
  documents = 0;
  queries = 0;
  judgements = 0;
  readonly candidates: string[] = [];
  readonly #losses = new Map<Loss, number>();

  lose(what: Loss, count = 1): void {
    if (count > 0) this.#losses.set(what, (this.#losses.get(what) ?? 0) + count);
  }

  of(task: string, path: string): ConvertedTask {
    const { documents, queries, judgements, candidates } = this;
    return { task, path, documents, queries, judgements, candidates, losses: Object.fromEntries(this.#losses) };
  }
}
