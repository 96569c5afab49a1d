import { InputError } from '../common/errors.js';
import { firstField, type JsonRecord, optionalString, readJsonTexts } from './jsonl-texts.js';
import type { TextBatch } from './task.js';
import { batchTexts, type KeyedText } from './text-batches.js';
import { readLines } from './text-lines.js';

/*
 * Documents and queries as ir_datasets exports them and as TREC hands them out. JSON Lines: `doc_id` or `query_id` and
 * the text; a tab-separated file without header: id, text, or for documents id, title, text; classic topics: <top> with
 * <num> and <title>.
 */

const documentIds = ['doc_id', 'docid', 'docno', 'id', '_id'];
const documentTexts = ['text', 'body', 'contents', 'abstract'];
const queryIds = ['query_id', 'qid', 'id', '_id'];
const queryTexts = ['text', 'query', 'title'];

/** Title, one space, text where there is a title, as in BEIR; nothing is cut off. */
export function readDocuments(path: string): AsyncGenerator<TextBatch, void, void> {
  if (isJson(path)) return readJsonTexts(path, documentOf);
  return batchTexts(path, readTabbed(path, 'document', 3));
}

export function readTopics(path: string): AsyncGenerator<TextBatch, void, void> {
  if (isJson(path)) {
    return readJsonTexts(path, (record, where) => ({
      key: 'query id',
      id: firstField(record, queryIds, where),
      text: firstField(record, queryTexts, where),
    }));
  }
  return batchTexts(path, /\.tsv(\.gz)?$/.test(path) ? readTabbed(path, 'query', 2) : readClassicTopics(path));
}

function isJson(path: string): boolean {
  return /\.jsonl(\.gz)?$/.test(path);
}

function documentOf(record: JsonRecord, where: string): Omit<KeyedText, 'line'> {
  const title = optionalString(record, 'title', where);
  const text = firstField(record, documentTexts, where);
  return { key: 'document id', id: firstField(record, documentIds, where), text: title ? `${title} ${text}` : text };
}

async function* readTabbed(path: string, what: string, most: number): AsyncGenerator<KeyedText, void, void> {
  for await (const { first, lines } of readLines(path)) {
    for (const [i, written] of lines.entries()) {
      const line = first + i;
      const [id = '', ...texts] = written.split('\t');
      if (texts.length === 0 || texts.length >= most) {
        const expected = most === 2 ? 'id and text' : 'id and text, or id, title and text';
        throw new InputError(`${path}:${line}: expected ${expected} with tabs between, got ${texts.length + 1} fields`);
      }
      yield { key: `${what} id`, line, id, text: texts.filter((text) => text !== '').join(' ') };
    }
  }
}

/** <num> and <title> of each <top>; their old labels `Number:` and `Topic:` are not part of them. */
async function* readClassicTopics(path: string): AsyncGenerator<KeyedText, void, void> {
  let topic: { line: number; pieces: string[] } | undefined;
  let any = false;
  for await (const { first, lines } of readLines(path)) {
    for (const [i, written] of lines.entries()) {
      const line = first + i;
      const opens = /^\s*<top>\s*$/i.test(written);
      const closes = /^\s*<\/top>\s*$/i.test(written);
      if (opens && topic !== undefined)
        throw new InputError(`${path}:${line}: <top> within the <top> of line ${topic.line}`);
      if (opens) topic = { line, pieces: [] };
      else if (closes && topic !== undefined) {
        yield topicOf(path, topic.line, topic.pieces.join('\n'));
        any = true;
        topic = undefined;
      } else if (topic !== undefined) topic.pieces.push(written);
      else if (written.trim() !== '') throw new InputError(`${path}:${line}: expected <top> on a line of its own`);
    }
  }
  if (topic !== undefined) throw new InputError(`${path}:${topic.line}: <top> is not closed`);
  if (!any) throw new InputError(`${path}: holds no <top>`);
}

function topicOf(path: string, line: number, text: string): KeyedText {
  const id = tagged(text, 'num')?.replace(/^Number:\s*/i, '');
  const title = tagged(text, 'title')?.replace(/^Topic:\s*/i, '');
  if (!id) throw new InputError(`${path}:${line}: a topic without <num>`);
  if (title === undefined) throw new InputError(`${path}:${line}: topic ${id} has no <title>`);
  return { key: 'topic', line, id, text: title };
}

/** What follows a tag, up to the next, with white space as single spaces. */
function tagged(text: string, tag: string): string | undefined {
  const found = new RegExp(`<${tag}>([^<]*)`, 'i').exec(text)?.[1];
  return found?.replace(/\s+/g, ' ').trim();
}
