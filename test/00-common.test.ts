import { mkdtemp, readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import fc from 'fast-check';
import { compareIds } from '#src/common/id-order.js';
import { AtomicFile, writeAtomic } from '#src/common/write-atomic.js';

test('ids are ordered as UTF-8 bytes, not as UTF-16 units', (t) => {
  t.true(compareIds('\u{ff5e}', '\u{1f600}') < 0);
  t.true('\u{ff5e}' > '\u{1f600}', "JavaScript's own order is the other one");
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (a, b) => {
      t.is(Math.sign(compareIds(a, b)), Buffer.compare(Buffer.from(a), Buffer.from(b)));
    }),
  );
});

test('an atomic file appears only when committed and leaves nothing when discarded', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'tenbin-'));
  const path = join(folder, 'a/b.json');
  const file = await AtomicFile.create(path);
  await file.write('one ');
  await file.write('two');
  t.false((await readdir(join(folder, 'a'))).includes('b.json'));
  await file.commit();
  t.is(await readFile(path, 'utf8'), 'one two');

  const dropped = await AtomicFile.create(join(folder, 'a/c.json'));
  await dropped.write('half');
  await dropped.discard();
  t.deepEqual(await readdir(join(folder, 'a')), ['b.json']);
});

test('a folder that cannot be made is an error naming the file', async (t) => {
  if (process.platform === 'linux') {
    await t.throwsAsync(writeAtomic('/proc/x/y.json', '{}'), { name: 'InputError', message: /^\/proc\/x\/y\.json: / });
  }
  await t.throwsAsync(writeAtomic('/dev/null/x/y.json', '{}'), {
    name: 'InputError',
    message: /^\/dev\/null\/x\/y\.json: /,
  });
});
