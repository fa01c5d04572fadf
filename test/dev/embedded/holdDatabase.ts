import { openAnyDatabase } from '../../../dev/openAnyDatabase.ts';

// A process of its own that opens the folder it is told, writes a row, says so and waits to be ended.
const [folder = ''] = process.argv.slice(2);
const { db, close } = await openAnyDatabase({ kind: 'embedded', folder });
await db
  .insertInto('settings')
  .values({ key: `process ${process.pid}`, value: '' })
  .execute();
process.once('SIGTERM', () => void close());
process.stdout.write('open\n');
