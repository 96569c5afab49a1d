import { messageOf } from '../../common/errors.js';
import type { TfjsCore } from './tfjs-core.js';
import { loadNativeTfjs } from './tfjs-native.js';

/*
 * `node tfjs-probe.js PACKAGE` tries a native build of TensorFlow.js out, in a process of its own because a build that
 * does not fit its CUDA or its CPU takes the process down. Prints `{"version": string, "gpu": boolean}`.
 */

/** Products that are exact in every arithmetic. */
async function multipliesWell(core: TfjsCore): Promise<boolean> {
  const { values, indices } = core.tidy(() => {
    const a = core.tensor2d(Float32Array.of(1, 2, 3, 4), [2, 2]);
    return core.topk(core.matMul(a, core.transpose(a)), 1, true);
  });
  return `${await values.data()} ${await indices.data()}` === '11,25 1,1';
}

try {
  const { core, version, gpu } = loadNativeTfjs(process.argv[2]!);
  if (!(await multipliesWell(core))) throw new Error('its products are wrong');
  process.stdout.write(`${JSON.stringify({ version, gpu })}\n`);
} catch (error) {
  process.stderr.write(`${messageOf(error).split('\n')[0]}\n`);
  process.exitCode = 1;
}
