import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError, messageOf } from '../../common/errors.js';
import { fetchFromHub } from './hub.js';

/** A tokenizer.json as it was read. */
export interface TokenizerFile {
  /** Path or address, for messages. */
  readonly source: string;
  readonly json: unknown;
  /** Hexadecimal, of the file's bytes. */
  readonly sha256: string;
}

/**
 * Reads a tokenizer.json: of a file, of a folder that holds one, or else of a model on the Hugging Face Hub
 * (`owner/name`, `owner/name@revision`). Throws InputError when there is none or it is not JSON.
 */
export async function readTokenizerFile(where: string): Promise<TokenizerFile> {
  const path = await localPath(where);
  const source = path ?? where;
  const bytes = path === undefined ? await fetchFromHub(where, 'tokenizer.json') : await readLocal(path);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  try {
    return { source, json: JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)), sha256 };
  } catch (error) {
    throw new InputError(`${source}: not JSON (${messageOf(error)})`, { cause: error });
  }
}

async function localPath(where: string): Promise<string | undefined> {
  const found = await stat(where).catch(() => undefined);
  if (found === undefined) return undefined;
  return found.isDirectory() ? join(where, 'tokenizer.json') : where;
}

async function readLocal(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new InputError(`${path}: cannot be read (${messageOf(error)})`, { cause: error });
  }
}
