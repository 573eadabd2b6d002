//! Who wants to know is told: of a state that changed, of things that happen.

/** Listeners to something that happens. */
export class Listeners<T> {
  readonly #all = new Set<(it: T) => void>();

  /** Answers how to stop. */
  add(listener: (it: T) => void): () => void {
    this.#all.add(listener);
    return () => this.#all.delete(listener);
  }

  tell(it: T): void {
    for (const listener of [...this.#all]) listener(it);
  }
}

/** A state that is replaced, never altered. */
export class Holder<S extends object> {
  readonly #listeners = new Listeners<S>();
  state: S;

  constructor(state: S) {
    this.state = state;
  }

  subscribe(listener: (state: S) => void): () => void {
    return this.#listeners.add(listener);
  }

  /** Replaces the fields; tells nobody when all of them are the same as before. */
  set(patch: Partial<S>): void {
    const names = Object.keys(patch) as (keyof S)[];
    if (names.every((name) => Object.is(this.state[name], patch[name]))) return;
    this.state = { ...this.state, ...patch };
    this.#listeners.tell(this.state);
  }
}
