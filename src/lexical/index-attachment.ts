import { z } from 'zod';
import { type Analyzer, isStaged, TOKENS_VERSION } from '../analysis/analyzer.js';
import { openAnalyzer } from '../analysis/open-analyzer.js';
import { InputError } from '../common/errors.js';

/*
 * What TypeScript adds to an index file: the analyzer that queries must go through too, and the documents' ids.
 */

const attachment = z.object({
  /** TOKENS_VERSION of who saved it. */
  tokens: z.number(),
  analyzer: z.object({ name: z.string(), engines: z.record(z.string(), z.string()).nullable() }),
  ids: z.array(z.string()).nullable(),
});

export function packAttachment(analyzer: Analyzer, ids: readonly string[] | undefined): Uint8Array {
  const engines = isStaged(analyzer) ? analyzer.engines : null;
  const content = { tokens: TOKENS_VERSION, analyzer: { name: analyzer.name, engines }, ids: ids ?? null };
  return new TextEncoder().encode(JSON.stringify(content));
}

/** Throws InputError, naming the file, for another's content or an analyzer that cannot be had. */
export async function unpackAttachment(
  path: string,
  bytes: Uint8Array,
  given: Analyzer | undefined,
): Promise<{ analyzer: Analyzer; ids: readonly string[] | undefined }> {
  const saved = parse(path, bytes);
  return { analyzer: given ?? (await reopen(path, saved)), ids: saved.ids ?? undefined };
}

function parse(path: string, bytes: Uint8Array): z.infer<typeof attachment> {
  try {
    return attachment.parse(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)));
  } catch (error) {
    throw new InputError(`${path}: holds an index that was not saved by Bm25Index.save`, { cause: error });
  }
}

/** Queries that are cut otherwise than the documents were would be searched wrongly, so versions must agree. */
async function reopen(path: string, saved: z.infer<typeof attachment>): Promise<Analyzer> {
  const { name, engines } = saved.analyzer;
  if (engines === null) {
    throw new InputError(`${path}: was built with an analyzer of your own, ${name}; give it as \`analyzer\``);
  }
  const analyzer = await openAnalyzer(name);
  const [before, now] = [
    { ...engines, 'tokens version': saved.tokens },
    { ...analyzer.engines, 'tokens version': TOKENS_VERSION },
  ].map((all) => JSON.stringify(Object.entries(all).sort()));
  if (before !== now) {
    throw new InputError(
      `${path}: was built with the analyzer ${name} on ${before}, here it runs on ${now}; ` +
        'build it again, or give an analyzer to be used all the same',
    );
  }
  return analyzer;
}
