import { spawnSync } from 'node:child_process';

/** Runs a program with the terminal as its own; ends this process with its status when it fails. */
export function run(command, args, options = {}) {
  const result = spawnSync(command, args, { stdio: 'inherit', ...options });
  if (result.error) process.stderr.write(`${command}: ${result.error.message}\n`);
  if (result.status !== 0) process.exit(result.status ?? 1);
}
