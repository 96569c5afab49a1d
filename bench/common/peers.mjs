/* A peer is { name, command, options }: a process that does one task, `<command> <task> <job as JSON>`, and prints JSON. */
import { fileURLToPath } from 'node:url';
import { runTrial } from './trial.mjs';

const script = (name) => fileURLToPath(new URL(`../peers/${name}`, import.meta.url));

/** Engines in JavaScript outgrow Node's usual heap at 100,000 documents. */
export const node = (name) => [process.execPath, '--expose-gc', '--max-old-space-size=16384', script(name)];
export const python = (name) => [process.env.TENBIN_BENCH_PYTHON ?? 'python3', script(name)];

/** Does a task in a process of its own; throws an Error that says why it failed. */
export function ask({ command, options }, task, job = {}, threads = 1) {
  return runTrial([...command, task, JSON.stringify({ ...job, ...options })], threads);
}

/** Splits the peers into those that run here, with their version, and those that do not, with the reason. */
export function findPeers(peers) {
  const found = [];
  const missing = [];
  for (const peer of peers) {
    try {
      found.push({ ...peer, version: ask(peer, 'version') });
    } catch (error) {
      missing.push({ name: peer.name, reason: error.message });
    }
  }
  return { found, missing };
}

/** The lines below a table. */
export function describePeers({ found, missing }) {
  return [
    ...found.map(({ name, version }) => `- ${name} ${version}`),
    ...missing.map(({ name, reason }) => `- ${name}: not measured (${reason})`),
  ];
}
