/**
 * Asks until it is so, and lets everything that is under way get on in between: a loop that only awaits answers which are
 * there at once would keep timers and sockets from ever having their turn, and the test's time limit too.
 */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await nextTurn();
}

/** Lets what is under way get on. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
