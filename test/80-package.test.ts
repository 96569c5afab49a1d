import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import test from 'ava';
import { scratch } from './support/collections.js';

const run = promisify(execFile);

test('the packed package, installed in an empty folder, is imported both ways, with types, and scores', async (t) => {
  const root = await scratch();
  await run(process.execPath, ['scripts/prebuild.mjs']);
  const { stdout: packed } = await run('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', root]);
  const [{ filename, files }] = JSON.parse(packed) as [{ filename: string; files: { path: string }[] }];
  const paths = files.map(({ path }) => path);
  const prebuild = `prebuilds/${process.platform}-${process.arch}`;
  t.true(paths.some((path) => path.startsWith(prebuild) && path.endsWith('tenbin.node')));
  for (const path of ['dist/index.js', 'dist/index.d.ts', 'dist/cjs/index.d.cts', 'native/sources.json', 'README.md']) {
    t.true(paths.includes(path), path);
  }
  t.deepEqual(
    paths.filter((path) => /tsbuildinfo|\.test\.|^test\/|^src\//.test(path)),
    [],
  );
  const { scripts } = JSON.parse(await readFile('package.json', 'utf8')) as { scripts: Record<string, string> };
  t.is(scripts.install ?? scripts.postinstall, undefined, 'nothing runs when a user installs');

  const project = join(root, 'project');
  await cp('test/packed', project, { recursive: true });
  await writeFile(join(project, 'package.json'), '{ "private": true }');
  const npm = (...args: string[]) => run('npm', args, { cwd: project });
  await npm('install', '--no-audit', '--no-fund', '--prefer-offline', join(root, filename));
  // A lock file forgets gypfile: false; a binding.gyp in the package would then be compiled on every user's machine.
  await npm('ci', '--no-audit', '--no-fund', '--prefer-offline');
  t.false(existsSync(join(project, 'node_modules/tenbin/build')));
  const compilerOptions = {
    ...{ module: 'NodeNext', target: 'ES2022', lib: ['ES2023', 'ESNext.Disposable'], strict: true },
    ...{ noUncheckedIndexedAccess: true, types: ['node'], typeRoots: [resolve('node_modules/@types')] },
  };
  await writeFile(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions }));
  await run(process.execPath, [resolve('node_modules/typescript/bin/tsc'), '-p', project]);

  const modules = await run(process.execPath, ['consumer.mjs'], { cwd: project });
  t.is(modules.stdout, '[["blue","red"],{"ndcg@10":1},1]\n');
  const commonJs = await run(process.execPath, ['consumer.cjs'], { cwd: project });
  t.is(commonJs.stdout, '2 true\n');
  t.is(commonJs.stderr, '');
  const tenbin = (...args: string[]) => run(join(project, 'node_modules/.bin/tenbin'), args, { cwd: project });
  const { stdout: stems } = await tenbin('analyze', '--analyzer', 'stemmer:de', 'Häuser');
  t.is(stems, 'haus\n');
  const { stdout: words } = await tenbin('analyze', '--analyzer', 'wordseg:zh', '--json', '北京。');
  t.like(JSON.parse(words), {
    engines: { '@node-rs/jieba': 'not installed (npm install @node-rs/jieba)' },
    tokens: ['北京', '。'],
  });
  const { stdout: version } = await tenbin('--version');
  t.regex(version, /^\d+\.\d+\.\d+\n$/);
});
