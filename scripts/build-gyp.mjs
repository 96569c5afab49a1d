/* Builds the core addon with node-gyp into build/Release. Not `node-gyp rebuild`: that would delete build/ whole. */
import { nodeGyp } from './node-gyp.mjs';
import { run } from './run.mjs';

for (const step of ['configure', 'build']) run(process.execPath, nodeGyp(step));
