import { isUtf8 } from 'node:buffer';

/**
 * The text of UTF-8 bytes, byte for byte: a leading U+FEFF stays, because it may belong to an id. Undefined when they
 * are not UTF-8; replacing bad bytes would make different ids equal.
 */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  if (!isUtf8(bytes)) return undefined;
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}
