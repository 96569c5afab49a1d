import { extname } from 'node:path';
import { show } from '../common/check.js';
import { InputError } from '../common/errors.js';
import type { TrainingFormat } from './audit-options.js';

import { lineBlocks, paragraphBlocks } from './line-blocks.js';
import { parquetBlocks } from './parquet-blocks.js';
import { tableBlocks } from './table-blocks.js';
import type { TrainingBlock } from './training-block.js';

const BY_SUFFIX: Readonly<Record<string, TrainingFormat>> = {
  '.jsonl': 'jsonl',
  '.ndjson': 'jsonl',
  '.csv': 'csv',
  '.tsv': 'tsv',
  '.txt': 'lines',
  '.parquet': 'parquet',
};

/** The format that is asked for, or the one that the file's name tells. Throws InputError when it tells none. */
export function formatOf(file: string, asked: TrainingFormat | undefined): TrainingFormat {
  const suffix = extname(file.replace(/\.gz$/, '')).toLowerCase();
  const format = asked ?? BY_SUFFIX[suffix];
  if (format === undefined) {
    const known = Object.keys(BY_SUFFIX).join(', ');
    throw new InputError(
      `${file}: ${show(suffix)} tells no format; known are ${known}, all but the last also with .gz`,
    );
  }
  if (format === 'parquet' && file.endsWith('.gz')) throw new InputError(`${file}: Parquet is not read from .gz`);
  return format;
}

export function trainingBlocks(
  file: string,
  format: TrainingFormat,
  fields: readonly string[] | undefined,
): AsyncIterable<TrainingBlock> {
  if (fields !== undefined && (format === 'lines' || format === 'paragraphs')) {
    throw new InputError(`${file}: plain text has no fields`);
  }
  switch (format) {
    case 'jsonl':
      return lineBlocks(file, 'json_lines');
    case 'lines':
      return lineBlocks(file, 'lines');
    case 'paragraphs':
      return paragraphBlocks(file);
    case 'csv':
      return tableBlocks(file, ',', fields);
    case 'tsv':
      return tableBlocks(file, '\t', fields);
    case 'parquet':
      return parquetBlocks(file, fields);
  }
}
