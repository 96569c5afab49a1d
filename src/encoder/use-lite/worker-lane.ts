import { Worker } from 'node:worker_threads';
import { InputError } from '../../common/errors.js';
import type { UseLiteAssets } from './assets.js';
import type { Lane } from './lane.js';
import type { Answer, Request } from './messages.js';
import type { TokenBatch } from './plan.js';

interface Waiting {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/**
 * The model in a thread of its own. Each thread computes whole batches alone, so their number changes no bit; the
 * caller's thread stays free; and what TensorFlow.js prints, and the process-wide handlers it installs, stay inside.
 * The thread holds the process open only while an answer is due.
 */
export class WorkerLane implements Lane {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #id = '';
  #requests = 0;
  #end: Error | undefined;

  private constructor(assets: UseLiteAssets) {
    // The caller's own flags do not come along: --input-type, for one, does not suit a file.
    const options = { workerData: assets, execArgv: ['--no-warnings'] };
    this.#worker = new Worker(new URL('./worker.js', import.meta.url), options);
    this.#worker.on('message', (answer: Answer) => this.#settle(answer));
    this.#worker.on('error', (error) => this.#stop(error));
    this.#worker.on('exit', (code) => this.#stop(new Error(`encoder use-lite: its thread ended with code ${code}`)));
  }

  /** Resolves when the model is loaded. */
  static async start(assets: UseLiteAssets): Promise<WorkerLane> {
    const lane = new WorkerLane(assets);
    try {
      lane.#id = (await lane.#answer(0)) as string;
      return lane;
    } catch (error) {
      lane[Symbol.dispose]();
      throw error;
    }
  }

  get id(): string {
    return this.#id;
  }

  async tokenize(texts: readonly string[]): Promise<number[][]> {
    return (await this.#ask({ number: ++this.#requests, tokenize: texts })) as number[][];
  }

  async run(batch: TokenBatch): Promise<Float32Array> {
    return (await this.#ask({ number: ++this.#requests, run: batch })) as Float32Array;
  }

  [Symbol.dispose](): void {
    this.#stop(new Error('encoder use-lite: disposed'));
    void this.#worker.terminate();
  }

  #ask(request: Request): Promise<unknown> {
    const answer = this.#answer(request.number);
    this.#worker.postMessage(request);
    return answer;
  }

  #answer(number: number): Promise<unknown> {
    if (this.#end !== undefined) return Promise.reject(this.#end);
    this.#worker.ref();
    return new Promise((resolve, reject) => this.#waiting.set(number, { resolve, reject }));
  }

  #settle(answer: Answer): void {
    const waiting = this.#waiting.get(answer.number);
    this.#waiting.delete(answer.number);
    if (this.#waiting.size === 0) this.#worker.unref();
    if ('value' in answer) waiting?.resolve(answer.value);
    else waiting?.reject(new (answer.error.isInput ? InputError : Error)(answer.error.message));
  }

  #stop(reason: Error): void {
    this.#end ??= reason;
    for (const waiting of this.#waiting.values()) waiting.reject(this.#end);
    this.#waiting.clear();
  }
}
