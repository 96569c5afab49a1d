import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { ExecutionContext } from 'ava';
import { ByteWriter, type ColumnSource, ParquetWriter, parquetWriteBuffer } from 'hyparquet-writer';
import { openDataset } from '#src/dataset/open-dataset.js';
import type { Task, TextBatch, TextRow } from '#src/dataset/task.js';

export const temporaryFolder = () => mkdtemp(join(tmpdir(), 'tenbin-'));

export async function put(path: string, content: string | Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
}

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

export async function rowsOf(batches: AsyncIterable<TextBatch>): Promise<TextRow[]> {
  return (await collect(batches)).flatMap(({ rows }) => rows);
}

export async function onlyTask(folder: string): Promise<Task> {
  return (await openDataset(folder))[0]!;
}

export const strings = (name: string, data: unknown[]): ColumnSource => ({ name, data, type: 'STRING' });

export function parquet(...columnData: ColumnSource[]): Uint8Array {
  return new Uint8Array(parquetWriteBuffer({ columnData }));
}

/** A file with a list column, as candidate configs have it. */
export function listParquet(column: string, queryIds: unknown[], lists: unknown[]): Uint8Array {
  const writer = new ByteWriter();
  const string = { type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' } as const;
  const file = new ParquetWriter({
    writer,
    schema: [
      { name: 'root', num_children: 2 },
      { name: 'query-id', ...string },
      { name: column, repetition_type: 'OPTIONAL', converted_type: 'LIST', num_children: 1 },
      { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
      { name: 'element', ...string },
    ],
  });
  file.write({
    columnData: [
      { name: 'query-id', data: queryIds },
      { name: column, data: lists },
    ],
  });
  file.finish();
  return writer.getBytes().slice();
}

export const twoTexts = parquet(strings('_id', ['a', 'b']), strings('text', ['one', 'two']));

/** A Nano folder with the split `x`; files are replaced or added by their path in it, and left out where null. */
export async function nanoFolder(files: Record<string, Uint8Array | null> = {}): Promise<string> {
  const folder = await temporaryFolder();
  const all = {
    'corpus/x.parquet': twoTexts,
    'queries/x.parquet': twoTexts,
    'qrels/x.parquet': parquet(strings('query-id', ['a']), strings('corpus-id', ['b'])),
    ...files,
  };
  for (const [name, content] of Object.entries(all)) if (content) await put(join(folder, name), content);
  return folder;
}

export async function beirFolder(files: Record<string, string | Uint8Array> = {}): Promise<string> {
  const folder = await temporaryFolder();
  const all = {
    'corpus.jsonl': '{"_id":"d1","title":"","text":" one "}\n{"_id":"d2","title":"Two","text":"words"}\n',
    'queries.jsonl': '{"_id":"q1","text":"first"}\n{"_id":"q2","text":"second"}\n',
    'qrels/test.tsv': 'query-id\tcorpus-id\tscore\nq2\td1\t2\n',
    ...files,
  };
  for (const [name, content] of Object.entries(all)) await put(join(folder, name), content);
  return folder;
}

/** The message of the InputError that ends the work, without the folder in front of its paths. */
export async function complaint(t: ExecutionContext, folder: string, work: Promise<unknown>): Promise<string> {
  const error = await t.throwsAsync(work, { name: 'InputError' });
  const message = error?.message ?? '';
  t.true(message.startsWith(folder), message);
  t.false(message.includes('\n'), message);
  return message.replaceAll(`${folder}/`, '').replaceAll(folder, '.');
}
