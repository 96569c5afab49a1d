import { spawn } from 'node:child_process';
import { once } from 'node:events';

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command line; `input` is what it reads from standard input. */
export async function tenbin(
  args: readonly string[],
  environment: Record<string, string> = {},
  input?: string | Uint8Array,
): Promise<Outcome> {
  const child = spawn(process.execPath, ['dist/cli/main.js', ...args], { env: { ...process.env, ...environment } });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text;
  });
  if (input !== undefined) child.stdin.end(input);
  const [code] = await once(child, 'close');
  return { code, stdout, stderr };
}
