/* A CommonJS module that uses the installed package. Compiled and run in an empty folder by 80-package. */
import tenbin = require('tenbin');

async function main(): Promise<void> {
  const index: tenbin.Bm25Index = await tenbin.Bm25Index.build(['red fish', 'blue fish', 'tree', 'bird', 'stone']);
  const topK = await index.search(['tree'], { k: 1 });
  process.stdout.write(`${topK.indices[0]} ${topK.scores[0]! > 0}\n`);
}
void main();
