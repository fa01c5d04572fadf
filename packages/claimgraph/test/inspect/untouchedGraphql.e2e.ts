import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

test('nothing of graphql-js is touched until a schema is introspected by caller', async () => {
  const code = `
    const graphql = require('graphql');
    const before = [graphql.SchemaMetaFieldDef.resolve, graphql.TypeMetaFieldDef.resolve];
    import('claimgraph').then(({ createGuard, publicField }) => {
      const schema = graphql.buildSchema('type Query { a: Int }');
      createGuard({ schema, permissions: { '*': publicField('a test') } });
      const after = [graphql.SchemaMetaFieldDef.resolve, graphql.TypeMetaFieldDef.resolve];
      process.stdout.write(String(before.every((resolve, index) => resolve === after[index])));
    });`;
  const root = fileURLToPath(new URL('../../../..', import.meta.url));
  const node = promisify(execFile)(process.execPath, ['--conditions=source', '--import', 'tsx', '-e', code], {
    cwd: root,
  });
  expect((await node).stdout).toBe('true');
});
