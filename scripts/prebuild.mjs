/* Copies the addon of this machine to where an installed package looks for it. Runs before packing. */
import { copyFileSync, existsSync, mkdirSync } from 'node:fs';

const { glibcVersionRuntime } = process.report.getReport().header;
const musl = process.platform === 'linux' && glibcVersionRuntime === undefined ? '-musl' : '';
const folder = `prebuilds/${process.platform}-${process.arch}${musl}`;
mkdirSync(folder, { recursive: true });
const built = ['build/cmake/Release/tenbin.node', 'build/Release/tenbin.node'].find((path) => existsSync(path));
copyFileSync(built, `${folder}/tenbin.node`);
