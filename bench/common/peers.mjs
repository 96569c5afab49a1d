/*
 * A peer is { name, command, options, isSlow, isFarBehind, isSmall }: a process that does one task, `<command> <task> <job as
 * JSON>`, and prints JSON. Those far from the front are slow, and spared the large works; those that take tens of times as
 * long far behind, and measured once; those behind the front small, and spared large corpora.
 */
import { fileURLToPath } from 'node:url';
import { OURS } from './part.mjs';
import { runTrial } from './trial.mjs';

const script = (name) => fileURLToPath(new URL(`../peers/${name}`, import.meta.url));

/** Engines in JavaScript outgrow Node's usual heap at 100,000 documents. */
export const node = (name) => [process.execPath, '--expose-gc', '--max-old-space-size=16384', script(name)];
export const python = (name) => [process.env.TENBIN_BENCH_PYTHON ?? 'python3', script(name)];

/** Does a task in a process of its own; throws an Error that says why it failed. */
export function ask({ command, options }, task, job = {}, threads = 1) {
  return runTrial([...command, task, JSON.stringify({ ...job, ...options })], threads);
}

/** What `ask` returns, or undefined and a note in the part when a peer fails; a failure of ours is thrown. */
export function tryAsk(part, work, peer, task, job, threads) {
  try {
    return ask(peer, task, job, threads);
  } catch (error) {
    if (peer.name === OURS) throw error;
    part.note(`${peer.name}, ${work}: not measured (${error.message})`);
    return undefined;
  }
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

/** [round, peer] in the order in which they are measured; each has `roundsOf(peer)`. */
export function turns(peers, roundsOf) {
  const most = Math.max(0, ...peers.map(roundsOf));
  return Array.from({ length: most }, (_, round) => {
    return peers.filter((peer) => round < roundsOf(peer)).map((peer) => [round, peer]);
  }).flat();
}
