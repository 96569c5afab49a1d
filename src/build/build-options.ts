import type { Analyzer } from '../analysis/analyzer.js';
import { checkLanguage } from '../analysis/languages.js';
import { checkAnalyzerSpec } from '../analysis/open-analyzer.js';
import { checkChoice, checkFileName, checkInteger, checkOptions, checkSignal, fail } from '../common/check.js';
import type { HubOptions } from '../dataset/hub/hub-options.js';
import type { EmbeddingProvider } from '../encoder/encoder.js';

/** `seed`: by SHA-256 of `{seed}:{id}`; `source`: as they stand, which is what HAKARI's builder does. */
export const SAMPLING_ORDERS = ['seed', 'source'] as const;
export type SamplingOrder = (typeof SAMPLING_ORDERS)[number];

/** What a long step of the making is doing. `total` is undefined where it is not known. */
export interface Progress {
  readonly stage: string;
  readonly done: number;
  readonly total?: number | undefined;
}

export interface BuildNanoOptions {
  /** Folder of the set; its name is the group's. */
  readonly output: string;
  /** The task's name, which is the split of the set. Default: from the source's name. */
  readonly name?: string | undefined;
  /** Of the source's judgements. Default: `test`, or the only one. */
  readonly split?: string | undefined;
  /** At most so many; default 200. */
  readonly queries?: number | undefined;
  /** At most so many; default 10,000. */
  readonly documents?: number | undefined;
  /**
   * Candidate config of the source whose documents, best first, are hard negatives too, behind those that are judged not
   * relevant. Default: none.
   */
  readonly hardNegatives?: string | undefined;
  /** Judgements kept of a query; default 100. */
  readonly positives?: number | undefined;
  readonly order?: SamplingOrder | undefined;
  /** Of the order `seed`; default 0. */
  readonly seed?: number | undefined;
  /** Documents, and queries, may share a text; default false. */
  readonly keepDuplicates?: boolean | undefined;
  /**
   * Of several sources with the order `source`: their documents are taken in turn, and may share texts, as in HAKARI's
   * aligned tasks; default false, one source behind the other.
   */
  readonly aligned?: boolean | undefined;
  /** Of the candidates `bm25`. Default: by the language (HAKARI's policy). */
  readonly analyzer?: string | Analyzer | undefined;
  /** Of the texts: a code. Default: what the source declares, else what the queries are found to be in. */
  readonly language?: string | undefined;
  /** Makes dense and hybrid candidates too. Rows that it is asked for are those of the new set. */
  readonly embeddings?: EmbeddingProvider | undefined;
  /** Config of the dense candidates. Default: from the encoder's id. */
  readonly denseConfig?: string | undefined;
  /** How sources are taken from the Hub, where they are not folders. */
  readonly hub?: Omit<HubOptions, 'signal'> | undefined;
  /** A set that is already there is replaced once the new one is whole; default false: it is an error. */
  readonly force?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

export interface SamplingOptions {
  readonly hardNegatives?: string | undefined;
  readonly queries: number;
  readonly documents: number;
  readonly positives: number;
  readonly order: SamplingOrder;
  readonly seed: number;
  readonly keepDuplicates: boolean;
  readonly aligned: boolean;
}

/** Throws InputError for what is out of range, and for a seed where nothing is drawn. */
export function checkBuildOptions(options: BuildNanoOptions): SamplingOptions {
  checkOptions(options);
  checkSignal(options.signal);
  const {
    output,
    name,
    denseConfig,
    analyzer,
    language,
    hardNegatives,
    force = false,
    aligned = false,
    keepDuplicates = aligned,
  } = options;
  if (typeof output !== 'string' || output === '') fail('output', 'the name of a folder', output);
  if (name !== undefined) checkFileName('name', name);
  if (denseConfig !== undefined) checkFileName('denseConfig', denseConfig);
  if (typeof analyzer === 'string') checkAnalyzerSpec(analyzer);
  if (language !== undefined) checkLanguage('language', language);
  for (const [flag, value] of Object.entries({ aligned, keepDuplicates, force })) {
    if (typeof value !== 'boolean') fail(flag, 'a boolean', value);
  }
  const order = checkChoice('order', options.order ?? 'seed', SAMPLING_ORDERS);
  if (order === 'source' && options.seed !== undefined) fail('seed', 'left out with the order source', options.seed);
  if (aligned && order !== 'source') fail('order', 'source where aligned', order);
  return {
    queries: checkInteger('queries', options.queries ?? 200, 1),
    documents: checkInteger('documents', options.documents ?? 10_000, 1),
    positives: checkInteger('positives', options.positives ?? 100, 1),
    order,
    ...(hardNegatives !== undefined && { hardNegatives: checkFileName('hardNegatives', hardNegatives) }),
    seed: checkInteger('seed', options.seed ?? 0),
    keepDuplicates,
    aligned,
  };
}
