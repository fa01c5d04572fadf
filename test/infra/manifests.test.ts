import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run as lintDockerfile } from 'dockerfilelint';
import { expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { runCommand } from '../../packages/claimgraph/test/support/runCommand.ts';
import { readConfig } from '../../src/config/readConfig.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string) => readFile(join(root, path), 'utf8');

const manifests = parseAllDocuments(await read('infra/kubernetes/api.yaml')).map((document) => document.toJS());
const manifestOf = (kind: string) => manifests.find((manifest) => manifest.kind === kind);
const { spec: pod } = manifestOf('Deployment').spec.template;
const [container] = pod.containers;

// What the secret has; of the form that the settings need.
const secret = {
  DATABASE_URL: 'postgres://claimgraph:a@db.example/claimgraph',
  REDIS_URL: 'rediss://cache.example:6379',
  CLAIMS_CACHE_SECRET: Buffer.alloc(32, 'a').toString('base64'),
};
const settingsOf = (environment: Readonly<Record<string, string>>) =>
  readConfig({ NODE_ENV: 'production', ...environment });

test('the Dockerfile has no fault that its linter knows', async () => {
  const file = 'infra/container/Dockerfile';
  expect(lintDockerfile(join(root, 'infra/container'), await read(file))).toEqual([]);
});

test('every member of the Kubernetes manifests is one that the API knows, of its type', async () => {
  const models = dirname(createRequire(import.meta.url).resolve('kubernetes-models/package.json'));
  const folder = await mkdtemp(join(models, '../.claimgraph-'));
  try {
    const typed = (manifest: { readonly apiVersion: string; readonly kind: string }, index: number) => {
      const { apiVersion, kind } = manifest;
      return `import type { I${kind} as K${index} } from 'kubernetes-models/${apiVersion}';
        export const manifest${index}: K${index} = ${JSON.stringify(manifest)};`;
    };
    const compile = async (all: readonly { readonly apiVersion: string; readonly kind: string }[]) => {
      await writeFile(join(folder, 'manifests.ts'), all.map(typed).join('\n'));
      const tsc = join(root, 'node_modules/.bin/tsc');
      const flags = '--noEmit --strict --skipLibCheck --module nodenext --target es2023 --types ""';
      return (await runCommand(`'${tsc}' ${flags} --ignoreConfig --pretty false manifests.ts`, folder)).stdout;
    };
    expect(await compile(manifests)).toBe('');
    // And a member that is none is seen.
    const misspelt = { ...pod, terminationGracePeriod: 1 };
    const deployment = manifestOf('Deployment');
    const wrong = { ...deployment, spec: { ...deployment.spec, template: { spec: misspelt } } };
    expect(await compile([wrong])).toContain('terminationGracePeriod');
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('the settings in Kubernetes are those of a process that starts', () => {
  const { data } = manifestOf('ConfigMap');
  const config = settingsOf({ ...data, ...secret });
  expect(container.ports).toEqual([
    { name: 'http', containerPort: config.port },
    { name: 'metrics', containerPort: config.metricsPort },
  ]);
  // Who is to stop has the time to: the requests that still come, and the longest that is under way.
  const needed = config.drainSeconds + config.timeouts.requestMs / 1000;
  expect(pod.terminationGracePeriodSeconds).toBeGreaterThan(needed);
});

test('the settings of compose are those of a process that starts, once the variables are set that it asks for', async () => {
  const text = await read('infra/container/compose.yaml');
  const given: Readonly<Record<string, string>> = {
    ...{ COGNITO_REGION: 'eu-west-1', COGNITO_USER_POOL_ID: 'eu-west-1_AbCdEf123', COGNITO_USER_CLIENT_IDS: 'spa1' },
    ...{ POSTGRES_PASSWORD: 'a', CLAIMS_CACHE_SECRET: secret.CLAIMS_CACHE_SECRET },
  };
  const filled = text.replaceAll(/\$\{(\w+):([?-])[^}]*\}/g, (_whole, name, form) => {
    const value = given[name] ?? '';
    if (form === '?' && value === '') throw new Error(`expected a value for ${name}; got none`);
    return value;
  });
  const { api, postgres, valkey } = parse(filled).services;
  const config = settingsOf(api.environment);
  expect(config).toMatchObject({ port: 4000, database: { kind: 'postgres' } });
  expect(Object.keys({ postgres, valkey })).toEqual(Object.keys(api.depends_on));
  const needed = config.drainSeconds + config.timeouts.requestMs / 1000;
  expect(Number.parseInt(api.stop_grace_period, 10)).toBeGreaterThan(needed);
});
