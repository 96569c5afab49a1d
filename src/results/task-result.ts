import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { checkFileName } from '../common/check.js';
import { errorCode, InputError, messageOf } from '../common/errors.js';
import { writeAtomic } from '../common/write-atomic.js';

const setting = z.union([z.string(), z.number(), z.boolean()]);
export type Setting = z.infer<typeof setting>;

const vectorSearch = z.strictObject({
  /** What found the documents: simd, faiss ... */
  backend: z.string(),
  /** Its library and version, and the device. */
  detail: z.string().optional(),
  /** Whether every ranking was that of the exact scores over all documents. */
  exact: z.boolean(),
  /** Queries for which what was found could not be proven complete, so that a float32 scan answered. */
  fallbacks: z.int().nonnegative(),
  /** Documents whose score was computed exactly, all queries together; without those of fallbacks. */
  scored: z.int().nonnegative(),
});

const origin = z.strictObject({
  /** The id on the Hub. */
  dataset: z.string(),
  /** The commit. */
  revision: z.string(),
  /** Of each table by its path. */
  checksums: z.record(z.string(), z.string()),
});

const taskResult = z.strictObject({
  schema: z.literal('tenbin-result/1'),
  group: z.string(),
  task: z.string(),
  /** bm25, dense, reranking_hybrid, or candidates_<config>. */
  profile: z.string(),
  language: z.string().optional(),
  /** Each measure at full precision. */
  metrics: z.record(z.string(), z.number()),
  counts: z.record(z.string(), z.int().nonnegative()),
  /** Everything that moves a score. */
  settings: z.record(z.string(), setting),
  /** Of profiles that rank by embeddings. */
  vectorSearch: vectorSearch.optional(),
  /** What makes a figure mean less than it seems to, such as a task of another size than is known. */
  remarks: z.array(z.string()).optional(),
  dataset: z.strictObject({
    path: z.string(),
    format: z.enum(['nano', 'beir', 'trec', 'pairs']),
    origin: origin.optional(),
  }),
  /** What it ran on, which moves no score. */
  environment: z.record(z.string(), setting),
  /** Wall time of each stage. */
  seconds: z.record(z.string(), z.number().nonnegative()),
  finishedAt: z.iso.datetime(),
});

/** How a task's embeddings were searched. What of it can move a score is among the settings too. */
export type VectorSearch = Readonly<z.infer<typeof vectorSearch>>;

/** What one profile scored on one task, as it is written to a file. */
export type TaskResult = Readonly<z.infer<typeof taskResult>>;

/** `OUTPUT/<group>/<task>/<profile>.json`. Throws InputError for a name that would leave the folder. */
export function resultPath(output: string, result: Pick<TaskResult, 'group' | 'task' | 'profile'>): string {
  const parts = [result.group, result.task, result.profile];
  for (const part of parts) checkFileName('group, task and profile', part);
  return `${join(output, ...parts)}.json`;
}

/** Writes the result whole or not at all. Returns its path. */
export async function writeResult(output: string, result: TaskResult): Promise<string> {
  const path = resultPath(output, result);
  await writeAtomic(path, `${JSON.stringify(result, null, 2)}\n`);
  return path;
}

/** Reads a result back. Undefined when there is no such file; InputError naming it when it is not a result. */
export async function readResult(path: string): Promise<TaskResult | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw new InputError(`${path}: cannot be read (${messageOf(error)})`, { cause: error });
  }
  try {
    return taskResult.parse(JSON.parse(text));
  } catch (error) {
    throw new InputError(`${path}: not a result of this version`, { cause: error });
  }
}
