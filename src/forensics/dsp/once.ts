/**
 * Makes what is dear to make when it is first asked for, and answers the same from then on: at a module's level once in
 * each thread. Where making throws, nothing is kept and the next call tries again.
 */
export function once<T extends object>(make: () => T): () => T {
  let made: T | null = null;
  return () => {
    made ??= make();
    return made;
  };
}

/** `once` for each key, such as a size. */
export function onceEach<K, T extends object | number>(make: (key: K) => T): (key: K) => T {
  const made = new Map<K, T>();
  return (key) => {
    const value = made.get(key) ?? make(key);
    made.set(key, value);
    return value;
  };
}
