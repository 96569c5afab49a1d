import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { median, threeDigits } from '../common/statistics.mjs';
import { markdownTable } from '../common/table.mjs';
import { runTrial } from '../common/trial.mjs';
import { chineseOf, proseOf, writeDataset, writeTraining } from './samples.mjs';

const ROUNDS = 3;
const trial = [process.execPath, fileURLToPath(new URL('trial.mjs', import.meta.url))];

/** name -> file name, rows, and which part of the whole size is enough */
function kindsOf() {
  const prose = proseOf(2);
  const chinese = chineseOf(3);
  const json = (fields) => `${JSON.stringify(fields)}\n`;
  const passage = () => json({ query: prose(12), positive: prose(140) });
  return {
    'passages, .jsonl': { file: 'a.jsonl', row: passage, part: 1 },
    'passages, .txt': { file: 'a.txt', row: () => `${prose(150)}\n`, part: 1 },
    'passages, .csv': {
      file: 'a.csv',
      row: () => `"${prose(12)}","${prose(140)}"\n`,
      part: 0.25,
      header: 'query,text\n',
    },
    'passages, .jsonl.gz': { file: 'a.jsonl.gz', row: passage, part: 0.25 },
    'queries of 12 words, .jsonl': { file: 'b.jsonl', row: () => json({ query: prose(12) }), part: 0.25 },
    'Chinese passages, .jsonl': { file: 'c.jsonl', row: () => json({ text: chinese(300) }), part: 0.25 },
  };
}

/**
 * The leakage audit of a dataset of 10,000 documents over a gigabyte of clean rows (100 megabytes with `quick`), beside
 * reading the same file: a Markdown table of medians, on as many threads as TENBIN_THREADS says.
 */
export function benchAudit({ quick = false, megabytes = quick ? 100 : 1000 } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'tenbin-bench-'));
  try {
    const dataset = join(folder, 'dataset');
    writeDataset(dataset);
    const rows = [];
    for (const [name, { file, row, part, header }] of Object.entries(kindsOf())) {
      const path = join(folder, file);
      const bytes = writeTraining(path, row, megabytes * part, header);
      const audits = [];
      const reads = [];
      for (let round = 0; round < ROUNDS; round++) {
        audits.push(runTrial([...trial, 'audit', path, dataset]));
        reads.push(runTrial([...trial, 'read', path]));
      }
      const rate = (trials, of) => threeDigits(bytes / 1e6 / median(trials.map(of)));
      const peak = (trials) => `${median(trials.map((one) => one.peak))}`;
      rows.push([
        name,
        `${Math.round(bytes / 1e6)}`,
        rate(audits, ({ seconds }) => seconds),
        rate(audits, ({ cpuSeconds }) => cpuSeconds),
        peak(audits),
        rate(reads, ({ seconds }) => seconds),
        peak(reads),
      ]);
      rmSync(path);
    }
    return markdownTable(['audit', 'MB', 'MB/s', 'MB per CPU second', 'peak MiB', 'reading, MB/s', 'peak MiB'], rows);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
