import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { openAnyDatabase } from '../../../dev/openAnyDatabase.ts';

test('listeners of one channel hear the same, and one that is closed at any moment holds up nobody', async () => {
  const database = await openAnyDatabase({ kind: 'embedded', folder: 'memory', statementTimeoutMs: 30_000 });
  const heard: string[] = [];
  const listen = (name: string) => {
    let begin = () => {};
    const begun = new Promise<void>((resolve) => {
      begin = resolve;
    });
    const { close } = database.listen({
      channel: 'news',
      heartbeatSql: 'select 1',
      heartbeatMs: 1_000,
      onListening: () => begin(),
      onNotification: (payload) => heard.push(`${name}: ${payload}`),
      onHeartbeat() {},
      onBroken(error) {
        throw error;
      },
    });
    return { begun, close };
  };
  try {
    const first = listen('first');
    await first.begun;
    const second = listen('second');
    // In the middle of the second one's beginning: its turn has come, and the worker has not answered.
    await Promise.resolve();
    await first.close();
    await second.begun;
    const third = listen('third');
    await Promise.resolve();
    await third.close();
    await sql`notify news, 'one'`.execute(database.db);
    const fourth = listen('fourth');
    await fourth.begun;
    await sql`notify news, 'two'`.execute(database.db);
    await sql`select 1`.execute(database.db);
    expect(heard).toEqual(['second: one', 'second: two', 'fourth: two']);
    await second.close();
    await sql`notify news, 'three'`.execute(database.db);
    await sql`select 1`.execute(database.db);
    expect(heard.slice(3)).toEqual(['fourth: three']);
  } finally {
    await database.close();
  }
});
