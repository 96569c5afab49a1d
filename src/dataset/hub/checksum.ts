import { createHash } from 'node:crypto';
import { lstat, open } from 'node:fs/promises';
import type { HubFile } from './hub-api.js';

/** Sums up a file's bytes as its checksum is made. */
export class Checksum {
  readonly #kind: string;
  readonly #hash;

  constructor({ checksum, size }: HubFile) {
    this.#kind = checksum.slice(0, checksum.indexOf(':'));
    this.#hash = createHash(this.#kind === 'sha256' ? 'sha256' : 'sha1');
    if (this.#kind !== 'sha256') this.#hash.update(`blob ${size}\0`); // how git names a blob
  }

  add(bytes: Uint8Array): void {
    this.#hash.update(bytes);
  }

  /** To be called once, at the end. */
  result(): string {
    return `${this.#kind}:${this.#hash.digest('hex')}`;
  }
}

/** Whether a file in the cache is, byte for byte, the one that the Hub lists. */
export async function isIntact(path: string, file: HubFile, signal: AbortSignal | undefined): Promise<boolean> {
  const found = await lstat(path).catch(() => undefined);
  if (!found?.isFile() || found.size !== file.size) return false;
  const checksum = new Checksum(file);
  await using handle = await open(path);
  for await (const bytes of handle.createReadStream({ highWaterMark: 1 << 20, autoClose: false })) {
    signal?.throwIfAborted();
    checksum.add(bytes);
  }
  return checksum.result() === file.checksum;
}
