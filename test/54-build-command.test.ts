import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'ava';
import { beirToy } from './support/build-sources.js';
import { scratch } from './support/collections.js';
import { tenbin } from './support/tenbin.js';

test('tenbin build makes a set and tells about it', async (t) => {
  const [folder, root] = [await beirToy(), await scratch()];
  const output = join(root, 'NanoToy');
  const args = ['build', `${folder}#test`, '--output', output, '--queries', '4', '--language', 'en', '--name', 'toy'];
  const { code, stdout, stderr } = await tenbin(args);
  t.is(code, 0, stderr);
  t.regex(stdout, /NanoToy: task toy, 4 queries, 30 of 30 documents, 4 positives\n/);
  t.regex(stderr, /survey documents\n(.*\n)*audit\n/);
  const again = await tenbin(args);
  t.is(again.code, 1);
  t.regex(again.stderr, /^tenbin: .*NanoToy: is there and not empty/m);
  const unknown = await tenbin([...args, '--force', '--encoder', 'nothing']);
  t.regex(unknown.stderr, /^tenbin: encoder must be one of use-lite, precomputed:DIR, got "nothing"\n$/);
  t.regex((await tenbin([...args, '--force', '--seed', '-1'])).stderr, /^tenbin: --seed must be/);
  t.is((await tenbin([...args, '--force', '--seed', '3'])).code, 0);
});

test('Ctrl-C while a set is written leaves nothing', async (t) => {
  const [folder, root] = [await beirToy(), await scratch()];
  const args = ['dist/cli/main.js', 'build', folder, '--output', join(root, 'new', 'NanoToy'), '--language', 'en'];
  // A line of progress says where it is: it is stopped at the start of each step.
  for (const stage of ['survey documents', 'detect languages', 'write', 'audit']) {
    const child = spawn(process.execPath, args);
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
      if (!child.killed && stderr.includes(`${stage}\n`)) child.kill('SIGINT');
    });
    const [code] = await once(child, 'close');
    // The last step may be over before the signal is there.
    if (code !== 0) t.is(code, 130, stderr);
    t.deepEqual(await readdir(root), code === 0 ? ['new'] : [], stage);
    await rm(join(root, 'new'), { recursive: true, force: true });
  }
});
