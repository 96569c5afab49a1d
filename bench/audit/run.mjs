import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { OURS, Part } from '../common/part.mjs';
import { progress } from '../common/progress.mjs';
import { median } from '../common/statistics.mjs';
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

const MEGABYTES = { small: 100, full: 1000 };

/**
 * The leakage audit of a dataset of 10,000 documents over a gigabyte of clean rows (`small`: 100 megabytes), beside reading
 * the same file; on as many threads as TENBIN_THREADS says.
 */
export function benchAudit({ size }) {
  const part = new Part('audit');
  const folder = mkdtempSync(join(tmpdir(), 'tenbin-bench-'));
  try {
    const dataset = join(folder, 'dataset');
    writeDataset(dataset);
    for (const [name, { file, row, part: share, header = '' }] of Object.entries(kindsOf())) {
      const path = join(folder, file);
      const megabytes = writeTraining(path, row, MEGABYTES[size] * share, header) / 1e6;
      measure(part, name, megabytes, path, dataset);
      rmSync(path);
    }
    return part;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function measure(part, name, megabytes, path, dataset) {
  const work = `${name}, ${Math.round(megabytes)} MB`;
  const ofProcessors = `${work}: time of the processors`;
  const perMegabyte = (seconds) => (1000 * seconds) / megabytes;
  const reading = [];
  for (let round = 0; round < ROUNDS; round++) {
    progress(`audit, ${name}, round ${round + 1} of ${ROUNDS}`);
    const { seconds, cpuSeconds, peakBytes } = runTrial([...trial, 'audit', path, dataset]);
    part.add(work, OURS, [perMegabyte(seconds)], { unit: 'ms a MB' });
    part.describe(work, OURS, { peakBytes });
    part.add(ofProcessors, OURS, [perMegabyte(cpuSeconds)], { unit: 'ms a MB' });
    reading.push(perMegabyte(runTrial([...trial, 'read', path]).seconds));
  }
  part.limit(work, 'reading alone', median(reading));
}
