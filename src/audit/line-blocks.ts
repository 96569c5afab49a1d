import { byteOrderMark, wholeRows } from '../dataset/whole-rows.js';
import { jsonTexts } from './json-texts.js';
import { NO_OFFSETS, type TrainingBlock } from './training-block.js';

const newline = 0x0a;

/** Blocks of rows that are lines; the core finds them in the bytes. */
export async function* lineBlocks(
  path: string,
  layout: 'lines' | 'json_lines',
): AsyncGenerator<TrainingBlock, void, void> {
  let isFirst = true;
  const cut = (bytes: Buffer, isLast: boolean) => (isLast ? bytes.length : bytes.lastIndexOf(newline) + 1);
  for await (const block of wholeRows(path, cut)) {
    const mark = isFirst ? byteOrderMark(block) : 0;
    isFirst = false;
    const bytes = block.subarray(mark);
    yield {
      layout,
      bytes,
      offsets: NO_OFFSETS,
      before: mark > 0 ? block.subarray(0, mark) : undefined,
      source: bytes,
      rows: undefined,
      place: ({ row, begin, end, field }, rowsBefore) => ({
        line: rowsBefore + row + 1,
        field: field === '' ? undefined : field,
        begin,
        end: Math.min(end + 1, bytes.length),
      }),
      rowTexts: ({ begin, end }, wanted) => {
        const line = bytes.toString('utf8', begin, end);
        return layout === 'lines' ? [{ field: undefined, text: line }] : jsonTexts(JSON.parse(line), wanted);
      },
    };
  }
}

/** Blocks of documents of plain text that are parted by blank lines. A row is a document with the blank lines behind it. */
export async function* paragraphBlocks(path: string): AsyncGenerator<TrainingBlock, void, void> {
  let line = 1;
  let isFirst = true;
  const cut = (bytes: Buffer, isLast: boolean) => (isLast ? bytes.length : (paragraphsOf(bytes).begins.at(-1) ?? 0));
  for await (const block of wholeRows(path, cut)) {
    const mark = isFirst ? byteOrderMark(block) : 0;
    isFirst = false;
    const bytes = block.subarray(mark);
    const { begins, lines, lineCount } = paragraphsOf(bytes);
    const firstLine = line;
    line += lineCount;
    // Blank lines before the first document belong to its text, where they mean nothing.
    const offsets = Uint32Array.from([0, ...begins.slice(1), bytes.length]);
    yield {
      layout: 'texts',
      bytes,
      offsets,
      before: mark > 0 ? block.subarray(0, mark) : undefined,
      source: bytes,
      rows: begins.length,
      place: ({ row }) => ({ line: firstLine + lines[row]!, begin: offsets[row]!, end: offsets[row + 1]! }),
      rowTexts: ({ row }) => [{ field: undefined, text: bytes.toString('utf8', offsets[row]!, offsets[row + 1]!) }],
    };
  }
}

/** Where documents begin, and in which line, counted from 0. */
function paragraphsOf(bytes: Buffer): { begins: number[]; lines: number[]; lineCount: number } {
  const begins: number[] = [];
  const lines: number[] = [];
  let lineCount = 0;
  let afterBlank = true;
  for (let begin = 0; begin < bytes.length; ) {
    const found = bytes.indexOf(newline, begin);
    const end = found < 0 ? bytes.length : found;
    const isBlank = blank(bytes, begin, end);
    if (!isBlank && afterBlank) {
      begins.push(begin);
      lines.push(lineCount);
    }
    afterBlank = isBlank;
    lineCount++;
    begin = end + 1;
  }
  return { begins, lines, lineCount };
}

/** Whether there are but spaces, tabs and carriage returns. */
function blank(bytes: Buffer, begin: number, end: number): boolean {
  for (let i = begin; i < end; i++) {
    const byte = bytes[i];
    if (byte !== 0x20 && byte !== 0x09 && byte !== 0x0d) return false;
  }
  return true;
}
