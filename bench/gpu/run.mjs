import { spawnSync } from 'node:child_process';
import { backendStatuses } from '../../dist/index.js';
import { buildGpuProgram } from '../common/native-program.mjs';
import { Part } from '../common/part.mjs';
import { progress } from '../common/progress.mjs';

const DOCUMENTS = { small: 100_000, full: 1_000_000 };

/** What native/cuda's own program prints: results against the definition, rates beside copying and a plain loop of mma. */
export async function benchGpu({ size }) {
  const part = new Part('gpu');
  const { available, detail } = (await backendStatuses()).find(({ backend }) => backend === 'cuda');
  if (!available) {
    part.note(`not measured (${detail})`);
    return part;
  }
  progress('gpu');
  const program = buildGpuProgram();
  const { status, stdout, stderr } = spawnSync(program, ['--documents', String(DOCUMENTS[size])], { encoding: 'utf8' });
  const lines = stdout.trim().split('\n');
  if (status !== 0) throw new Error(`${program}: ${stderr.trim() || lines.at(-1)}`);
  for (const line of lines) part.note(line);
  return part;
}
