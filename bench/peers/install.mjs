/*
 * `npm run bench:peers`: gets the peers that are npm packages. A step that fails is named, and the rest goes on. Their own
 * install scripts do not run, since they download what no peer needs or compile without the headers at hand.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { nodeGyp } from '../../scripts/node-gyp.mjs';

const folder = fileURLToPath(new URL('.', import.meta.url));
/** hnswlib chooses its kernels when it is compiled: without this, SSE's. */
const forThisProcessor = process.arch === 'x64' ? { CXXFLAGS: `-march=native ${process.env.CXXFLAGS ?? ''}` } : {};

const STEPS = [
  { name: 'npm packages', command: 'npm', args: ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], cwd: folder },
  {
    name: 'hnswlib-node',
    command: process.execPath,
    args: nodeGyp('rebuild'),
    cwd: `${folder}node_modules/hnswlib-node`,
    env: forThisProcessor,
  },
  {
    name: 'faiss-node',
    command: process.execPath,
    args: [fileURLToPath(new URL('../../scripts/build-faiss-node.mjs', import.meta.url))],
  },
];

const failed = STEPS.filter(({ name, command, args, cwd, env }) => {
  process.stdout.write(`${name}\n`);
  // npm is a script for the shell on Windows.
  const shell = process.platform === 'win32' && command === 'npm';
  const { status, error } = spawnSync(command, args, { stdio: 'inherit', cwd, env: { ...process.env, ...env }, shell });
  if (error !== undefined) process.stderr.write(`${name}: ${error.message}\n`);
  return status !== 0;
}).map(({ name }) => name);

if (failed.length > 0) {
  process.stderr.write(`Not installed: ${failed.join(', ')}; the benchmark does without.\n`);
}
