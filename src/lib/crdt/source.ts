/**
 * A value that changes: the one shape in which documents and the layers above hand out what they hold. `read` is cheap when
 * nothing changed and then returns the same object; `subscribe` calls back after each change and returns its own end.
 */
export interface Source<T> {
  read(): T;
  subscribe(listener: () => void): () => void;
}
