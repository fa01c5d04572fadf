import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { defineCommand } from '../command.ts';
import { UsageError } from '../exitCodes.ts';

/** A local user pool, of the package for it. */
export const pool = defineCommand({
  name: 'pool',
  summary: 'Runs a local user pool with the clients and users of a JSON file',
  positionals: ['FILE'],
  reports: false,
  options: {
    port: {
      type: 'string',
      value: 'PORT',
      help: 'where it listens, on this machine only; 4010 unless given, 0 for any',
    },
    'https-port': {
      type: 'string',
      value: 'PORT',
      help: "a second port, with TLS; Amplify's hosted sign-in needs one",
    },
    host: {
      type: 'string',
      multiple: true,
      value: 'NAME',
      help: 'a further name that it answers for, as 10.0.2.2 of an emulator; may be repeated',
    },
    'data-dir': {
      type: 'string',
      value: 'DIR',
      help: "where its keys and refresh tokens are kept; .claimgraph in the project's folder unless given",
    },
    'token-seconds': { type: 'string', value: 'N', help: 'how long access and ID tokens live; 3600 unless given' },
    'rotation-grace-seconds': {
      type: 'string',
      value: 'N',
      help: 'rotates refresh tokens; for so long a used one still works, 0 to 60',
    },
  },
  details: [
    'It stands in for a Cognito user pool and its domain: OAuth 2.0 with PKCE, OpenID Connect, and the JSON API that\nAmplify uses. docs/local-user-pool.md has the form of FILE. It runs until it is stopped, and never in production.',
  ],
  async run({ project, terminal, positionals: [file = ''], values }) {
    const { runUserPool } = await importUserPool(project);
    const running = await runUserPool({
      file: resolve(terminal.folder, file),
      port: parseNumber('port', values.port, 0, 65_535) ?? 4010,
      httpsPort: parseNumber('https-port', values['https-port'], 0, 65_535),
      hosts: values.host ?? [],
      dataDir: resolve(project, values['data-dir'] ?? '.claimgraph'),
      tokenSeconds: parseNumber('token-seconds', values['token-seconds'], 1, 86_400),
      rotationGraceSeconds: parseNumber('rotation-grace-seconds', values['rotation-grace-seconds'], 0, 60),
      environment: terminal.environment,
    });
    terminal.print(`Ready: ${running.description}\n`);
    await terminal.untilStopped();
    await running.close();
    return 'stopped';
  },
});

/** What is used of claimgraph-user-pool. It needs the engine, so the engine must not need it. */
interface UserPoolPackage {
  runUserPool(options: {
    readonly file: string;
    readonly port: number;
    readonly httpsPort: number | undefined;
    readonly hosts: readonly string[];
    readonly dataDir: string;
    readonly tokenSeconds: number | undefined;
    readonly rotationGraceSeconds: number | undefined;
    readonly environment: Readonly<Record<string, string | undefined>>;
  }): Promise<{ readonly description: string; close(): Promise<void> }>;
}

const packageName = 'claimgraph-user-pool';

async function importUserPool(project: string): Promise<UserPoolPackage> {
  let file: string;
  try {
    file = createRequire(join(project, 'package.json')).resolve(packageName);
  } catch (error) {
    throw new UsageError(
      `expected the package ${packageName} in ${project}; got none. Install it: npm install --save-dev ${packageName}`,
      { cause: error },
    );
  }
  return import(pathToFileURL(file).href);
}

function parseNumber(option: string, text: string | undefined, min: number, max: number): number | undefined {
  if (text === undefined) return undefined;
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return value;
  throw new UsageError(`--${option}: expected a whole number from ${min} to ${max}; got ${text}`);
}
