import { constants } from 'node:fs';
import { type FileHandle, open, rename, unlink } from 'node:fs/promises';
import { errorCode, InputError, messageOf } from '../../common/errors.js';
import { Checksum } from './checksum.js';
import { type Answer, type HttpClient, Refusal } from './http-client.js';
import { fileUrl, GATED, type HubFile } from './hub-api.js';
import { showForeign } from './names.js';
import { PassingTrouble, persist, type RetryOptions } from './retry.js';

export interface FileDownload {
  readonly client: HttpClient;
  readonly dataset: string;
  readonly commit: string;
  readonly file: HubFile;
  /** Where it goes; its folder must exist. */
  readonly target: string;
  readonly retry: RetryOptions;
  /** How many of its bytes are there now. */
  readonly onBytes: (bytes: number) => void;
  /** Asked before the file gets its name. */
  readonly beforeCommit: () => Promise<void>;
}

/** A server that gives so many bytes and then breaks off does serve. */
const PROGRESS_BYTES = 1 << 16;
/** Bytes that are wrong once may have been damaged on the way. */
const WRONG_AT_MOST = 2;

/** The bytes are not those that the Hub lists. */
class WrongContent extends PassingTrouble {}

/**
 * Downloads a file into `target`.part, going on where an earlier download broke off, and gives it its name when size and
 * checksum are right. Throws InputError naming dataset and file; what is wrong is removed, what is only incomplete stays.
 */
export async function downloadFile(download: FileDownload): Promise<void> {
  const { dataset, file, target, retry } = download;
  const what = `${dataset}: ${file.path}`;
  const part = `${target}.part`;
  let wrong = 0;
  let farthest = 0;
  try {
    await persist(what, retry, async (progressed) => {
      try {
        await using handle = await openPart(part);
        await fillPart(download, handle, (at) => {
          // Not what comes again and again from a server that knows no ranges.
          if (at < farthest + PROGRESS_BYTES) return;
          farthest = at;
          progressed();
        });
        await handle.sync().catch(() => undefined); // some file systems cannot
      } catch (error) {
        if (!(error instanceof WrongContent)) throw error;
        await unlink(part).catch(() => undefined);
        if (++wrong === WRONG_AT_MOST) throw new InputError(error.message, { cause: error });
        throw error;
      }
    });
    await download.beforeCommit();
    await rename(part, target);
  } catch (error) {
    if (error instanceof Refusal) {
      const reason = error.code === 'GatedRepo' ? GATED : `the Hub lists it, but ${error.message}`;
      throw new InputError(`${what}: ${reason}`, { cause: error });
    }
    if (error instanceof InputError) {
      throw error.message.startsWith(what) ? error : new InputError(`${what}: ${error.message}`, { cause: error });
    }
    if (errorCode(error) === undefined || retry.signal?.aborted) throw error;
    throw new InputError(`${what}: ${target} cannot be written (${messageOf(error)})`, { cause: error });
  }
}

async function openPart(path: string): Promise<FileHandle> {
  const { O_RDWR, O_CREAT, O_NOFOLLOW = 0 } = constants;
  return open(path, O_RDWR | O_CREAT | O_NOFOLLOW, 0o666);
}

/** Asks for what the part lacks. The URL names a commit, so whatever is there already belongs to the same file. */
async function fillPart(download: FileDownload, part: FileHandle, reached: (at: number) => void): Promise<void> {
  const { client, dataset, commit, file, onBytes, retry } = download;
  let { checksum, at } = await readPart(part, file, retry.signal);
  onBytes(at);
  if (at < file.size) {
    const url = fileUrl(client, dataset, commit, file.path);
    const answer = await client.get(url, {
      signal: retry.signal,
      headers: at > 0 ? { range: `bytes=${at}-` } : {},
    });
    if (answer.commit !== undefined && answer.commit !== commit) {
      throw new InputError(`the Hub answers with commit ${showForeign(answer.commit)} in place of ${commit}`);
    }
    checkEncoding(answer);
    if (checkRange(answer, file, at) === 0 && at > 0) {
      await part.truncate(0);
      checksum = new Checksum(file);
      at = 0;
    }
    for await (const bytes of answer.body) {
      if (at + bytes.length > file.size)
        throw new WrongContent(`is longer than the ${file.size} bytes that the Hub lists`);
      await writeWhole(part, bytes, at);
      checksum.add(bytes);
      at += bytes.length;
      onBytes(at);
      reached(at);
    }
    if (at < file.size) throw new PassingTrouble(`the answer ends after ${at} of ${file.size} bytes`);
  }
  const found = checksum.result();
  if (found !== file.checksum) throw new WrongContent(`has ${found}, and the Hub lists ${file.checksum}`);
}

/** Sums up what is there. A part that is longer than the file is not of this file. */
async function readPart(part: FileHandle, file: HubFile, signal: AbortSignal | undefined) {
  const { size } = await part.stat();
  const checksum = new Checksum(file);
  if (size > file.size) {
    await part.truncate(0);
    return { checksum, at: 0 };
  }
  let at = 0;
  const buffer = Buffer.allocUnsafe(1 << 20);
  while (at < size) {
    signal?.throwIfAborted();
    const { bytesRead } = await part.read(buffer, 0, Math.min(buffer.length, size - at), at);
    if (bytesRead === 0) break;
    checksum.add(buffer.subarray(0, bytesRead));
    at += bytesRead;
  }
  return { checksum, at };
}

/** Where the answer's bytes begin: at `at`, or at 0 from a server that knows no ranges. */
function checkRange(answer: Answer, { size }: HubFile, at: number): number {
  if (answer.status === 206) {
    const [, first, whole] = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(answer.header('content-range') ?? '') ?? [];
    if (whole !== undefined && whole !== '*' && Number(whole) !== size) throw otherSize(Number(whole), size);
    if (first !== undefined && Number(first) === at) return at;
    throw new WrongContent('the answer is another range than the one asked for');
  }
  if (answer.status === 416) throw new WrongContent(`has no byte ${at}, and the Hub lists ${size}`);
  const length = answer.header('content-length');
  if (length !== undefined && Number(length) !== size) throw otherSize(Number(length), size);
  return 0;
}

function otherSize(found: number, listed: number): WrongContent {
  return new WrongContent(`is ${found} bytes long, and the Hub lists ${listed}`);
}

function checkEncoding(answer: Answer): void {
  const encoding = answer.header('content-encoding') ?? 'identity';
  if (encoding !== 'identity') throw new WrongContent(`comes in the encoding ${showForeign(encoding)}, unasked`);
}

async function writeWhole(part: FileHandle, bytes: Uint8Array, at: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    done += (await part.write(bytes, done, bytes.length - done, at + done)).bytesWritten;
  }
}
