/* Copies the addon of this machine to where an installed package looks for it. Runs before packing. */
import { copyFileSync, mkdirSync } from 'node:fs';

const { glibcVersionRuntime } = process.report.getReport().header;
const musl = process.platform === 'linux' && glibcVersionRuntime === undefined ? '-musl' : '';
const folder = `prebuilds/${process.platform}-${process.arch}${musl}`;
mkdirSync(folder, { recursive: true });
copyFileSync('build/cmake/Release/tenbin.node', `${folder}/tenbin.node`);
