/** What is under way with something disposable, which is freed when it was disposed and the last use has ended. */
export class Uses {
  readonly #free: () => void;
  #running = 0;
  #disposed = false;

  constructor(free: () => void) {
    this.#free = free;
  }

  /** Throws when it was disposed. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    if (this.#disposed) throw new Error('the index is disposed');
    this.#running++;
    try {
      return await work();
    } finally {
      this.#running--;
      if (this.#disposed && this.#running === 0) this.#free();
    }
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    if (this.#running === 0) this.#free();
  }
}
