/* `node read-table.js FILE`: reads _id and text of a Parquet file, and tells how much there was. */
import { readTable } from '#src/dataset/parquet-table.js';

let rows = 0;
let characters = 0;
for await (const batch of readTable(process.argv[2] ?? '', ['_id', 'text'])) {
  rows += batch.rows;
  for (const text of batch.columns[1]!) characters += (text ?? '').length;
}
process.stdout.write(JSON.stringify({ rows, characters }));
