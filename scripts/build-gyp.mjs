/*
 * Builds the core addon with node-gyp into build/Release. Not `node-gyp rebuild`: that would delete build/ whole.
 * Headers that came with Node are used where they are found, so that nothing is downloaded.
 */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { run } from './run.mjs';

const nodeGyp = createRequire(import.meta.url).resolve('node-gyp/bin/node-gyp.js');
const prefix = dirname(dirname(process.execPath));
const headers = existsSync(`${prefix}/include/node/common.gypi`) ? [`--nodedir=${prefix}`] : [];
for (const step of ['configure', 'build']) run(process.execPath, [nodeGyp, step, ...headers]);
