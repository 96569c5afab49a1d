/** A run takes minutes: what is measured now, on the error output. */
export const progress = (line) => process.stderr.write(`${line}\n`);
