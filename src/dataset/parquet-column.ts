import { type FileMetaData, parquetSchema, type SchemaTree } from 'hyparquet';
import { show } from '../common/check.js';
import { InputError } from '../common/errors.js';
import type { ChunkShape } from './parquet-guard.js';

/** A column of strings or whole numbers, or of lists of them, found in a file's schema. */
export interface IdColumn {
  readonly name: string;
  /** Where the column's bytes of one row group lie in the file, and what they should hold. */
  chunk(metadata: FileMetaData, group: number, rows: number): { start: number; end: number; shape: ChunkShape };
}

/**
 * Throws InputError naming the column when it is missing (with those there are) or holds anything else. A column of scores
 * may hold floating-point numbers too, which would not do as ids.
 */
export function idColumn(path: string, metadata: FileMetaData, name: string, isScore = false): IdColumn {
  const schema = parquetSchema(metadata);
  const tops = schema.children.filter(({ element }) => element.name === name);
  const [top] = tops;
  if (top === undefined) {
    const present = schema.children.map(({ element }) => show(element.name)).join(', ') || 'none';
    throw new InputError(`${path}: no column ${name}; columns are ${present}`);
  }
  if (tops.length > 1) throw new InputError(`${path}: ${tops.length} columns named ${name}`);
  const nodes = [top];
  let leaf = top;
  while (leaf.children.length === 1) {
    leaf = leaf.children[0]!;
    nodes.push(leaf);
  }
  const type: ChunkShape['type'] | undefined = holdsStrings(leaf)
    ? 'BYTE_ARRAY'
    : (wholeNumbers(leaf) ?? (isScore ? floats(leaf) : undefined));
  if (type === undefined)
    throw new InputError(`${path}: column ${name} does not hold ${isScore ? 'numbers' : 'strings'}`);
  const maximumDefinition = nodes.filter(({ element }) => element.repetition_type !== 'REQUIRED').length;
  // The decoder counts the root too, where a repetition means nothing.
  const maximumRepetition = [schema, ...nodes].filter(({ element }) => element.repetition_type === 'REPEATED').length;
  const leafPath = leaf.path.join('.');

  return {
    name,
    chunk(metadata, group, rows) {
      const chunks = metadata.row_groups[group]?.columns.filter(
        ({ meta_data }) => meta_data?.path_in_schema[0] === name,
      );
      const found = chunks?.length === 1 ? chunks[0]?.meta_data : undefined;
      if (found === undefined || found.type !== type || found.path_in_schema.join('.') !== leafPath) {
        throw new InputError(
          `${path}: not a readable Parquet file (column ${name} is missing from row group ${group})`,
        );
      }
      const values = Number(found.num_values);
      if (maximumRepetition === 0 && values !== rows) {
        throw new InputError(`${path}: not a readable Parquet file (${values} values of ${name} in ${rows} rows)`);
      }
      const start = Number(found.dictionary_page_offset || found.data_page_offset);
      const shape = { codec: found.codec, type, values, maximumDefinition, maximumRepetition };
      return { start, end: start + Number(found.total_compressed_size), shape };
    },
  };
}

/** Plain byte arrays pass: older writers leave the annotation out. */
function holdsStrings({ element, children }: SchemaTree): boolean {
  const { type, converted_type: converted, logical_type: logical } = element;
  if (children.length > 0 || type !== 'BYTE_ARRAY') return false;
  return [undefined, 'UTF8', 'ENUM'].includes(converted) && [undefined, 'STRING', 'ENUM'].includes(logical?.type);
}

/** The type of a column of integers, signed or not, which are read as decimal text: HAKARI calls `str()` on ids. */
function wholeNumbers({ element, children }: SchemaTree): 'INT32' | 'INT64' | undefined {
  const { type, converted_type: converted = 'INT_64', logical_type: logical } = element;
  const plain = /^U?INT_\d+$/.test(converted) && [undefined, 'INTEGER'].includes(logical?.type);
  return children.length === 0 && plain && (type === 'INT32' || type === 'INT64') ? type : undefined;
}

function floats({ element: { type, logical_type: logical }, children }: SchemaTree): 'FLOAT' | 'DOUBLE' | undefined {
  return children.length === 0 && logical === undefined && (type === 'FLOAT' || type === 'DOUBLE') ? type : undefined;
}
