import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { copyProject, type ProjectCopy } from '../../packages/claimgraph/test/support/projectCopy.ts';
import { runToSuccess } from '../../packages/claimgraph/test/support/runCommand.ts';
import { type StartedProcess, startProcess } from '../../packages/claimgraph/test/support/startProcess.ts';

let copy: ProjectCopy;
let dev: StartedProcess;

beforeEach(async () => {
  copy = await copyProject();
});

afterEach(async () => {
  await dev.stop();
  await copy.remove();
});

function startDev(command: readonly [string, ...string[]]): void {
  dev = startProcess(command, { PORT: '0', USER_POOL_PORT: '0' }, copy.folder);
}

const map = 'src/access/permissions.ts';
const query = '{ company(id: "com_2") { name motto } }';

describe('npm run dev', () => {
  test('puts edits of schema, rules and resolvers in place, says what is missing, and keeps people signed in', async () => {
    startDev([process.execPath, '--conditions=source', '--import', 'tsx', 'dev/dev.ts']);
    const url = urlIn(await dev.ready);
    const token = await tokenFor('usa-manager');
    expect(await ask(url, '{ company(id: "com_2") { name } }', token)).toEqual({
      data: { company: { name: 'Birch Solar' } },
    });

    await edit(
      'schema/company.graphql',
      '  name: String!',
      '  name: String!\n  "What it says of itself."\n  motto: String',
    );
    await dev.printed(/NO_RULE Company\.motto: .*\n$/);
    expect(dev.output.stdout.split('\n').slice(1)).toEqual([
      'Not reloaded: what was there before the edit still answers. Waiting for the next edit.',
      'the permission map does not cover the schema (1):',
      expect.stringMatching(/^ {2}NO_RULE Company\.motto: /),
      '',
    ]);
    expect(await ask(url, '{ company(id: "com_2") { name } }', token)).toEqual({
      data: { company: { name: 'Birch Solar' } },
    });

    await edit(map, '    name: canRead,', '    name: canRead,\n    motto: seesOwnMotto,');
    await dev.printed(/seesOwnMotto is not defined/);
    await edit(map, 'motto: seesOwnMotto', 'motto: canRead');
    await dev.printed(/Reloaded in \d+ ms: src\/access\/permissions\.ts\n/);
    expect(await ask(url, query, token)).toEqual({ data: { company: { name: 'Birch Solar', motto: null } } });

    await edit(
      'src/resolvers/company.ts',
      'export const Company: ',
      "export const Company: any = { motto: () => 'Up.' };\nconst before: ",
    );
    await dev.printed(/Reloaded in \d+ ms: src\/resolvers\/company\.ts\n$/);
    expect(await ask(url, query, token)).toEqual({ data: { company: { name: 'Birch Solar', motto: 'Up.' } } });
    expect(await ask(url, query, await tokenFor('auditor'))).toMatchObject({ data: { company: { motto: 'Up.' } } });

    // Not as editors save: the file is told of as it is emptied, and again as it is filled.
    const more = join(copy.folder, 'schema/more.graphql');
    await writeFile(more, 'extend type Company {\n  size: Siez\n}\n');
    await dev.printed(/more\.graphql:2:9: Unknown type "Siez"/);
    await rm(more);
    await dev.printed(/Reloaded in \d+ ms: schema\/more\.graphql\n$/);

    await edit('src/config/config.ts', 'export interface Config', '// Edited.\nexport interface Config');
    await dev.printed('src/config/config.ts takes effect when npm run dev is started again.');
    expect(await dev.stop()).toBe(0);
    const started = dev.output.stderr.match(/Server listening/g)?.length;
    expect(started).toBe(1 + (dev.output.stdout.match(/Reloaded in/g)?.length ?? 0));
  }, 120_000);

  test('says type errors beside, and what a rule does that never decides', async () => {
    startDev([process.execPath, '--conditions=source', '--import', 'tsx', 'dev/dev.ts']);
    const url = urlIn(await dev.ready);
    const token = await tokenFor('auditor');
    await edit(
      map,
      'export const permissions',
      "const isLate = requireClaims('is late', async () => true);\n\nexport const permissions",
    );
    await edit(map, '    name: canRead,', '    name: allOf(canRead, isLate),');
    await dev.printed(/Types: 1 error[^\n]*\n {2}src\/access\/permissions\.ts\(\d+,\d+\): error TS2322: [^\n]*\n/);
    expect(dev.output.stderr).toMatch(/"code":"ASYNCHRONOUS_RULE","coordinate":"Company\.name"/);
    const denied = await ask(url, '{ company(id: "com_2") { name } }', token);
    expect(denied).toMatchObject({ errors: [{ extensions: { code: 'INTERNAL_SERVER_ERROR' } }] });
    await vi.waitUntil(() => /the rule \\"is late\\" answered with a promise/.test(dev.output.stderr));

    await edit(map, 'async () => true', '() => true');
    await dev.printed(/Types: no errors any more\.\n/);
    expect(await ask(url, '{ company(id: "com_2") { name } }', token)).toEqual({
      data: { company: { name: 'Birch Solar' } },
    });
  }, 240_000);

  test('waits for the repair of what does not even parse, also at the start', async () => {
    await edit(map, '    name: canRead,', '    name canRead,');
    startDev(['npm', 'run', '--silent', 'dev']);
    expect(await dev.printed(/Expected "}" but found "canRead"/)).toMatch(
      /^Not started\. Waiting for the next edit\.\n/,
    );
    await edit(map, '    name canRead,', '    name: canRead,');
    const url = urlIn(await dev.ready);
    expect((await fetch(`${url}/health/live`)).status).toBe(200);
    expect(dev.output.stdout).not.toContain('generation');

    const schema = join(copy.folder, 'schema');
    const elsewhere = join(copy.folder, 'schema-elsewhere');
    await rename(schema, elsewhere);
    await dev.printed(/expected \.graphql or \.gql files in [^\n]*\/schema\/; got none\n/);
    await rename(elsewhere, schema);
    await dev.printed(/Reloaded in \d+ ms: [^\n]*schema[^\n]*\n$/);

    expect((await fetch(`${url}/health/live`)).status).toBe(200);
    await dev.stop();
    // The output closes when the process that serves has ended, not only npm.
    expect(dev.output.stderr).toContain('"signal":"SIGTERM","msg":"stopping"');
    await expect(fetch(`${url}/health/live`)).rejects.toThrow();
  }, 120_000);
});

/** As editors save: the new file takes the place of the old one. */
async function edit(path: string, before: string, after: string): Promise<void> {
  const file = join(copy.folder, path);
  const text = await readFile(file, 'utf8');
  if (!text.includes(before)) throw new Error(`expected ${before} in ${path}`);
  await writeFile(`${file}.new`, text.replace(before, after));
  await rename(`${file}.new`, file);
}

function urlIn(line: string): string {
  return /^Ready: API on (http:\/\/localhost:\d+)\/graphql, user pool on /.exec(line)?.[1] ?? '';
}

async function tokenFor(username: string): Promise<string> {
  return (
    await runToSuccess(`'${process.execPath}' --conditions=source --import tsx dev/token.ts ${username}`, copy.folder)
  ).trim();
}

async function ask(url: string, text: string, token: string): Promise<unknown> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query: text }),
  });
  return response.json();
}
