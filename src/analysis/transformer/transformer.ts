import { InputError, messageOf } from '../../common/errors.js';
import { installedVersion } from '../../common/installed-version.js';
import { composeAnalyzer, type StagedAnalyzer } from '../analyzer.js';
import { chunks } from '../chunks.js';
import { readTokenizerFile } from './tokenizer-file.js';

export const DEFAULT_TRANSFORMER = 'Qwen/Qwen3-0.6B';

/**
 * The tokens of a transformer's tokenizer.json, as they stand in its vocabulary: without special tokens, and the text
 * not lower-cased (HAKARI rule `transformer`). `where` is a file, a folder or a model on the Hub.
 */
export async function transformerAnalyzer(where = DEFAULT_TRANSFORMER): Promise<StagedAnalyzer> {
  const { Tokenizer } = await import('@huggingface/tokenizers');
  const file = await readTokenizerFile(where);
  let tokenizer: InstanceType<typeof Tokenizer>;
  try {
    tokenizer = new Tokenizer(file.json as object, {});
  } catch (error) {
    throw new InputError(`${file.source}: not a tokenizer.json (${messageOf(error)})`, { cause: error });
  }
  const tokenize = (piece: string) => tokenizer.tokenize(piece, { add_special_tokens: false });
  return composeAnalyzer({
    name: `transformer:${where}`,
    segment: (text) => chunks(text).flatMap(tokenize),
    engines: {
      '@huggingface/tokenizers': installedVersion('@huggingface/tokenizers'),
      'tokenizer.json': `sha256:${file.sha256}`,
    },
  });
}
