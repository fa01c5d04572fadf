import { howToStartAfresh, type PoolState, PoolStateError, parsePoolState } from './poolState.ts';
import { generatePrivateJwks, importSigningKeys, type SigningKeys } from './signingKeys.ts';
import { readStateFile, stateFileOf, writeStateFile } from './stateFile.ts';
import type { StateLock } from './stateLock.ts';

/** The pool's state in memory and on disk; `save` changes both or neither. */
export interface PoolStore {
  readonly keys: SigningKeys;
  state(): PoolState;
  save(changes: Partial<PoolState>): void;
}

/** The state of a data directory with its keys imported, or undefined when no pool has run there. */
export async function readPoolState(
  dataDir: string,
): Promise<{ readonly state: PoolState; readonly keys: SigningKeys } | undefined> {
  const file = stateFileOf(dataDir);
  const text = readStateFile(file);
  if (text === undefined) return undefined;
  const state = parsePoolState(text, file);
  try {
    return { state, keys: await importSigningKeys(state.keys) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'the keys cannot be used';
    throw new PoolStateError(`${file} is refused: ${reason}. ${howToStartAfresh(file)}`, { cause: error });
  }
}

/** Opens the state of a data directory, or prepares a new one; nothing is written before the first `save`. */
export async function openPoolStore(options: {
  readonly dataDir: string;
  readonly lock: StateLock;
}): Promise<PoolStore> {
  const { state: first, keys } = (await readPoolState(options.dataDir)) ?? (await newState());
  let state = first;
  return {
    keys,
    state: () => state,
    save(changes) {
      const next: PoolState = { ...state, ...changes };
      options.lock.assertHeld();
      writeStateFile(stateFileOf(options.dataDir), `${JSON.stringify(next, null, 2)}\n`);
      state = next;
    },
  };
}

async function newState(): Promise<{ readonly state: PoolState; readonly keys: SigningKeys }> {
  const privateJwks = await generatePrivateJwks();
  // The issuer is known, and saved, once the pool listens.
  const state: PoolState = { version: 1, issuer: 'http://localhost', keys: privateJwks, refreshTokens: [] };
  return { state, keys: await importSigningKeys(privateJwks) };
}
