import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';

const PROGRAM = createRequire(import.meta.url).resolve('node-gyp/bin/node-gyp.js');
const PREFIX = dirname(dirname(process.execPath));

/** Arguments of Node for one of node-gyp's commands. Headers that came with Node are used where they are found, so that nothing is downloaded. */
export function nodeGyp(command) {
  const headers = existsSync(`${PREFIX}/include/node/common.gypi`) ? [`--nodedir=${PREFIX}`] : [];
  return [PROGRAM, command, ...headers];
}
