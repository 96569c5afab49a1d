import { execFile, spawn } from 'node:child_process';
import { once, setMaxListeners } from 'node:events';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import test from 'ava';
import { coreConfiguration } from '#src/native/addon.js';
import { VectorIndex } from '#src/vector/vector-index.js';

const addonUrl = new URL('../../dist/native/addon.js', import.meta.url).href;
const support = (name: string) => new URL(`./support/${name}.js`, import.meta.url);

/** What a fresh process with these variables says about the core. */
async function configurationWith(environment: Record<string, string>): Promise<string> {
  const script = `import { coreConfiguration } from ${JSON.stringify(addonUrl)};
    try { console.log(JSON.stringify(coreConfiguration())); } catch (e) { console.log(e.name + ': ' + e.message); }`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
    env: { ...process.env, ...environment },
  });
  return stdout.trim();
}

test('the core runs on the best instruction set of this machine unless told otherwise', async (t) => {
  const { isas } = coreConfiguration();
  t.is(isas.compiled[0], 'baseline');
  t.is(JSON.parse(await configurationWith({ TENBIN_ISA: '' })).isa, isas.usable.at(-1));
  for (const isa of isas.usable) {
    t.like(JSON.parse(await configurationWith({ TENBIN_ISA: isa, TENBIN_THREADS: '3' })), { isa, threads: 3 });
  }
});

test('an instruction set or thread count that cannot be is refused by name', async (t) => {
  t.regex(
    await configurationWith({ TENBIN_ISA: 'avx1024' }),
    /^InputError: TENBIN_ISA: instruction set avx1024 is not usable on this machine \(usable: baseline/,
  );
  for (const threads of ['0', 'two', '1.5', '-1']) {
    t.regex(await configurationWith({ TENBIN_THREADS: threads }), /^InputError: TENBIN_THREADS must be a whole number/);
  }
});

test('the garbage collector counts the memory of indexes that nobody disposed of', async (t) => {
  const { stdout } = await promisify(execFile)(process.execPath, [fileURLToPath(support('drop-indexes'))]);
  t.true(Number(stdout) < 800, `${stdout} MB`);
});

test('a process that calls exit with searches in flight exits at once with its own code', async (t) => {
  const child = spawn(process.execPath, [fileURLToPath(support('search-forever')), 'exit'], { stdio: 'pipe' });
  let errors = '';
  child.stderr.on('data', (chunk) => {
    errors += chunk;
  });
  const [code, signal] = await once(child, 'exit');
  t.deepEqual([code, signal, errors], [7, null, '']);
});

test('workers search at once, and can be ended while they search', async (t) => {
  const finished = Array.from({ length: 8 }, async () => {
    const worker = new Worker(support('search-once'));
    // Both at once: the last message and the exit may come in one turn of the loop.
    const [[result]] = await Promise.all([once(worker, 'message'), once(worker, 'exit')]);
    return result;
  });
  const ended = Array.from({ length: 4 }, async () => {
    const worker = new Worker(support('search-forever'));
    await once(worker, 'message');
    return worker.terminate();
  });
  t.deepEqual(await Promise.all(finished), Array(8).fill([2, 1]));
  t.deepEqual(await Promise.all(ended), Array(4).fill(1));
});

test('a worker whose work waits for that of another thread can be ended before it begins', async (t) => {
  const rows = { data: new Float32Array(2_000 * 64).fill(0.5), count: 2_000, dimension: 64 };
  using index = await VectorIndex.create(rows);
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  const searches = Array.from({ length: 3_000 }, () => index.search(rows, { k: 1, signal: controller.signal }));
  let searched = false;
  const last = searches.at(-1)!.then(() => {
    searched = true;
  });
  const worker = new Worker(support('search-behind'));
  await once(worker, 'message');
  await worker.terminate();
  t.false(searched);
  controller.abort(new Error('enough'));
  await t.throwsAsync(last, { message: 'enough' });
  await Promise.allSettled(searches);
});

test('the core outlives the only worker that loaded it', async (t) => {
  const script = `import { Worker } from 'node:worker_threads';
    import { once } from 'node:events';
    for (let i = 0; i < 3; i++) {
      const worker = new Worker(new URL(${JSON.stringify(support('search-forever').href)}), { execArgv: [] });
      await once(worker, 'message');
      await worker.terminate();
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    console.log('alive');`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script]);
  t.is(stdout.trim(), 'alive');
});
