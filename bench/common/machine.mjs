import { execFileSync } from 'node:child_process';
import { availableParallelism, cpus, release, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { coreConfiguration } from '../../dist/index.js';

/** What the figures were measured on and with. */
export function describeMachine() {
  const { isa } = coreConfiguration();
  return {
    processor: cpus()[0]?.model ?? 'unknown',
    processors: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${process.platform} ${process.arch} ${release()}`,
    node: process.version,
    isa,
    commit: commit(),
  };
}

export function machineText({ processor, processors, memoryGiB, system, node, isa, commit: of }) {
  const words = [`${processor}, ${processors} processors, ${memoryGiB} GiB`, system, `Node ${node}`, isa];
  return `${[...words, ...(of === undefined ? [] : [`commit ${of}`])].join('; ')}\n`;
}

function commit() {
  const git = (...args) => {
    const cwd = fileURLToPath(new URL('../..', import.meta.url));
    return execFileSync('git', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  };
  try {
    return git('rev-parse', '--short', 'HEAD') + (git('status', '--porcelain') === '' ? '' : ', changed');
  } catch {
    return undefined;
  }
}
