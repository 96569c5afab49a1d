import type { Task, TextBatch, TextRow } from '../dataset/task.js';
import { type NativeOverlapIndex, nativeCore } from '../native/addon.js';
import { callNative } from '../native/call.js';
import { PackedTexts } from '../native/packed-texts.js';
import {
  AUDIT_KINDS,
  AUDIT_ROLES,
  type AuditKind,
  type AuditOptions,
  type AuditResult,
  type AuditRole,
} from './audit-options.js';

const BATCH_BYTES = 1 << 22;

/** Whose a text is. */
export interface Owner {
  readonly group: string;
  readonly task: string;
  readonly role: AuditRole;
  readonly id: string;
}

/** A text of a row that a task was made from, which is no text of the task itself. */
export interface SourceText {
  /** Number of the task. */
  readonly task: number;
  /** File, line or row, and field. */
  readonly id: string;
  readonly text: string;
}

/** The queries and documents of tasks, and texts of the rows they were made from, ready to be found in other texts. */
export class EvaluationTexts {
  readonly index: NativeOverlapIndex;
  readonly #tasks: readonly Task[];
  readonly #ids: string[] = [];
  readonly #taskOf: number[] = [];
  readonly #roleOf: number[] = [];
  /** Kind by which each text was found, AUDIT_KINDS.length for none. */
  #found = new Uint8Array(0);

  private constructor(tasks: readonly Task[], index: NativeOverlapIndex) {
    this.#tasks = tasks;
    this.index = index;
  }

  static async load(
    tasks: readonly Task[],
    options: AuditOptions,
    sources: readonly SourceText[] = [],
  ): Promise<EvaluationTexts> {
    const { runWords = 13, runCharacters = 50, similarity = 0.6, signal, onProgress } = options;
    const texts = new EvaluationTexts(tasks, new (nativeCore().OverlapIndex)(runWords, runCharacters, similarity));
    for (const [number, task] of tasks.entries()) {
      const positives = new Set<string>();
      for (const judged of (await task.qrels()).values()) {
        for (const [id, grade] of judged) if (grade > 0) positives.add(id);
      }
      await texts.#add(task.queries(), number, () => 'query', signal);
      await texts.#add(task.corpus(), number, (id) => (positives.has(id) ? 'positive' : 'document'), signal);
      await texts.#add([{ rows: sources.filter((one) => one.task === number) }], number, () => 'source', signal);
      onProgress?.({ stage: 'indexing', done: texts.#ids.length });
    }
    await callNative(signal, (cancellation) => texts.index.finish(cancellation));
    texts.#found = new Uint8Array(texts.#ids.length).fill(AUDIT_KINDS.length);
    return texts;
  }

  async #add(
    batches: AsyncIterable<TextBatch> | Iterable<{ readonly rows: readonly Pick<TextRow, 'id' | 'text'>[] }>,
    task: number,
    roleOf: (id: string) => AuditRole,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const packed = new PackedTexts(BATCH_BYTES);
    const hand = async () => {
      await callNative(signal, (cancellation) => this.index.add(packed.bytes, packed.offsets, cancellation));
      packed.clear();
    };
    for await (const { rows } of batches) {
      for (const { id, text } of rows) {
        packed.add(text);
        this.#ids.push(id);
        this.#taskOf.push(task);
        this.#roleOf.push(AUDIT_ROLES.indexOf(roleOf(id)));
        if (packed.size >= BATCH_BYTES) await hand();
      }
    }
    await hand();
  }

  /** Number of the task whose text it is. */
  taskOf(text: number): number {
    return this.#taskOf[text]!;
  }

  owner(text: number): Owner {
    const { group, name } = this.#tasks[this.#taskOf[text]!]!;
    return { group, task: name, role: AUDIT_ROLES[this.#roleOf[text]!]!, id: this.#ids[text]! };
  }

  /** Remembers that a text was found. */
  mark(text: number, kind: AuditKind): void {
    this.#found[text] = Math.min(this.#found[text]!, AUDIT_KINDS.indexOf(kind));
  }

  /** How many texts of each task were found. */
  count(): AuditResult['tasks'] {
    const empty = () => ({ total: 0, exact: 0, short: 0, near: 0, contained: 0 });
    const counts = this.#tasks.map(({ group, name }) => ({
      group,
      task: name,
      overlap: { query: empty(), positive: empty(), document: empty(), source: empty() },
    }));
    for (const [text, task] of this.#taskOf.entries()) {
      const role = counts[task]!.overlap[AUDIT_ROLES[this.#roleOf[text]!]!];
      const kind = AUDIT_KINDS[this.#found[text]!];
      role.total++;
      if (kind !== undefined) role[kind]++;
    }
    return counts;
  }
}
