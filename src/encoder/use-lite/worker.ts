import { parentPort, workerData } from 'node:worker_threads';
import { InputError, messageOf } from '../../common/errors.js';
import type { UseLiteAssets } from './assets.js';
import type { Answer, Request } from './messages.js';
import { UseLiteModel } from './model.js';
import { wasmRuntime } from './tfjs-runtime.js';

/* The thread behind a WorkerLane: loads the model, says so, then answers request by request. */

const port = parentPort!;

function refuse(number: number, error: unknown): void {
  const answer: Answer = { number, error: { message: messageOf(error), isInput: error instanceof InputError } };
  port.postMessage(answer);
}

function reply(number: number, value: unknown): void {
  const answer: Answer = { number, value };
  port.postMessage(answer, value instanceof Float32Array ? [value.buffer as ArrayBuffer] : []);
}

/** TensorFlow.js prints hints. (Asking for the worker's streams instead would keep the process from ending.) */
function silence(): void {
  process.stdout.write = () => true;
  process.stderr.write = () => true;
}

async function main(): Promise<void> {
  silence();
  const model = await UseLiteModel.load(await wasmRuntime(), workerData as UseLiteAssets);
  port.on('message', (request: Request) => {
    const result = 'tokenize' in request ? model.tokenize(request.tokenize) : model.run(request.run);
    result.then(
      (value) => reply(request.number, value),
      (error) => refuse(request.number, error),
    );
  });
  reply(0, model.id);
}

main().catch((error) => refuse(0, error));
