import { randomBytes } from 'node:crypto';
import { readlinkSync } from 'node:fs';
import { link, readFile, rename, stat, unlink, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import { errorCode, InputError, messageOf } from '../../common/errors.js';

/*
 * A lock between processes, also of several machines with one file system: a file that only one can create, touched
 * while its owner lives. It is broken when its owner is seen dead, or has not touched it for a while. Clocks of two
 * machines are never compared: the one who waits sees for itself how long the file does not change.
 */

export interface LockOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called once, when another has the lock. */
  readonly onWait?: (() => void) | undefined;
  /** Milliseconds between touches. */
  readonly heartbeat?: number;
  /** Milliseconds without a touch after which an owner counts as dead. */
  readonly silence?: number;
}

/** Where the owner's process id means something. A container has numbers of its own. */
const place = `${hostname()} ${processNamespace()}`;

export class FileLock implements AsyncDisposable {
  readonly #path: string;
  readonly #content: string;
  readonly #timer: NodeJS.Timeout;

  private constructor(path: string, content: string, heartbeat: number) {
    this.#path = path;
    this.#content = content;
    this.#timer = setInterval(() => void touch(path), heartbeat).unref();
  }

  /** Waits until it is free. The folder must exist. */
  static async acquire(path: string, options: LockOptions = {}): Promise<FileLock> {
    const { signal, heartbeat = 2000, silence = 20_000 } = options;
    const content = `${process.pid}\n${place}\n${randomBytes(16).toString('hex')}\n`;
    let seen: Seen | undefined;
    let since = 0;
    for (;;) {
      signal?.throwIfAborted();
      if (await create(path, content)) return new FileLock(path, content, heartbeat);
      const now = await look(path);
      if (now === undefined) continue;
      if (seen?.content !== now.content || seen.touched !== now.touched) {
        if (seen === undefined) options.onWait?.();
        seen = now;
        since = performance.now();
      }
      if (isDead(now.content) || performance.now() - since > silence) await breakLock(path, now.content);
      else await setTimeout(50 + 100 * Math.random(), undefined, signal && { signal }).catch(() => undefined);
    }
  }

  /** Throws InputError when another took it over, as happens to a process that was stopped for long. */
  async check(): Promise<void> {
    if ((await look(this.#path))?.content === this.#content) return;
    throw new InputError(`${this.#path}: another process took over while this one was stopped; start again`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    if ((await look(this.#path))?.content === this.#content) await unlink(this.#path).catch(() => undefined);
  }
}

interface Seen {
  readonly content: string;
  /** When it was last touched, by the file system's clock. */
  readonly touched: number;
}

async function create(path: string, content: string): Promise<boolean> {
  try {
    await writeFile(path, content, { flag: 'wx' });
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw new InputError(`${path}: cannot be written (${messageOf(error)})`, { cause: error });
  }
}

async function look(path: string): Promise<Seen | undefined> {
  try {
    const { mtimeMs } = await stat(path);
    return { content: await readFile(path, 'utf8'), touched: mtimeMs };
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw new InputError(`${path}: cannot be read (${messageOf(error)})`, { cause: error });
  }
}

async function touch(path: string): Promise<void> {
  const now = new Date();
  await utimes(path, now, now).catch(() => undefined);
}

function isDead(content: string): boolean {
  const [id, where] = content.split('\n');
  if (where !== place || !/^[1-9]\d*$/.test(id ?? '')) return false;
  try {
    process.kill(Number(id), 0);
    return false;
  } catch (error) {
    return errorCode(error) === 'ESRCH';
  }
}

/** Two may find the same lock dead, and the slower must not remove what the quicker made anew: it puts that back. */
async function breakLock(path: string, content: string): Promise<void> {
  const aside = `${path}.${randomBytes(4).toString('hex')}`;
  try {
    await rename(path, aside);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return;
    throw new InputError(`${path}: cannot be removed (${messageOf(error)})`, { cause: error });
  }
  if ((await look(aside))?.content !== content) await link(aside, path).catch(() => undefined);
  await unlink(aside).catch(() => undefined);
}

function processNamespace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return process.platform;
  }
}
