import {
  type DatabaseOptions,
  type DatabaseSettings,
  migrateAndOpen,
  type OpenDatabase,
  openDatabase,
} from '../src/data/openDatabase.ts';
import { type EmbeddedOptions, openEmbedded } from './embedded/openEmbedded.ts';

export type AnyDatabaseOptions = DatabaseOptions | (EmbeddedOptions & DatabaseSettings);

/**
 * Opens PostgreSQL, or the embedded database, which only development has. Rejects as `openDatabase` does, and with
 * InternalError when the embedded one cannot be opened.
 */
export async function openAnyDatabase(options: AnyDatabaseOptions): Promise<OpenDatabase> {
  return options.kind === 'postgres' ? openDatabase(options) : migrateAndOpen(await openEmbedded(options), options);
}
