/** A right that one holder has at a time; the others wait in line. */
export interface Mutex {
  /** Resolves with the function that ends the turn, or with `'timedOut'` when it did not come within `timeoutMs`. */
  acquire(timeoutMs: number): Promise<(() => void) | 'timedOut'>;
}

export function createMutex(): Mutex {
  const line: (() => void)[] = [];
  let taken = false;

  const end = () => {
    const next = line.shift();
    if (next) next();
    else taken = false;
  };
  return {
    acquire: async (timeoutMs) => {
      if (!taken) {
        taken = true;
        return end;
      }
      return new Promise((resolve) => {
        const come = () => {
          clearTimeout(timer);
          resolve(end);
        };
        const timer = setTimeout(() => {
          line.splice(line.indexOf(come), 1);
          resolve('timedOut');
        }, timeoutMs);
        line.push(come);
      });
    },
  };
}
