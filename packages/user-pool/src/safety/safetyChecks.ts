import { ConfigurationError } from 'claimgraph/errors';
import { isLoopbackHost } from './loopbackHost.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** The local user pool was asked to work where its tokens could be taken for real ones. `reasons` lists all of them. */
export class LocalUserPoolRefusedError extends ConfigurationError {
  readonly reasons: readonly string[];

  constructor(reasons: readonly string[]) {
    super(`the local user pool is for development only; it refuses to work here:\n- ${reasons.join('\n- ')}`);
    this.reasons = reasons;
  }
}

const platformVariables: readonly (readonly [variable: string, platform: string])[] = [
  ['AWS_LAMBDA_FUNCTION_NAME', 'AWS Lambda'],
  ['AWS_EXECUTION_ENV', 'an AWS compute service'],
  ['ECS_CONTAINER_METADATA_URI', 'Amazon ECS'],
  ['ECS_CONTAINER_METADATA_URI_V4', 'Amazon ECS'],
  ['KUBERNETES_SERVICE_HOST', 'Kubernetes'],
];

/**
 * Four of the five checks that keep the local user pool out of production; the fifth is that nothing of a build imports it.
 * `hosts` are the addresses that are going to be bound; the HOST variable is checked besides them.
 * @throws LocalUserPoolRefusedError with every reason at once
 */
export function assertLocalUserPoolAllowed(options: {
  readonly environment: Environment;
  readonly hosts: readonly string[];
}): void {
  const { environment } = options;
  const reasons = [
    ...productionReasons(environment),
    ...platformReasons(environment),
    ...bindReasons(environment, options.hosts),
    ...otherIssuerReasons(environment),
  ];
  if (reasons.length > 0) throw new LocalUserPoolRefusedError(reasons);
}

function productionReasons(environment: Environment): readonly string[] {
  if (settingOf(environment, 'NODE_ENV').toLowerCase() !== 'production') return [];
  return ['NODE_ENV is production; use a real user pool there, or unset NODE_ENV for development'];
}

function platformReasons(environment: Environment): readonly string[] {
  return platformVariables
    .filter(([variable]) => settingOf(environment, variable) !== '')
    .map(([variable, platform]) => `${variable} is set: this is ${platform}; use a real user pool there`);
}

function bindReasons(environment: Environment, hosts: readonly string[]): readonly string[] {
  const host = settingOf(environment, 'HOST');
  const named = hosts.map((address) => ({ label: 'the bind address', address }));
  return [...named, ...(host === '' ? [] : [{ label: 'HOST', address: host }])]
    .filter(({ address }) => !isLoopbackHost(address))
    .map(
      ({ label, address }) => `${label} must be a loopback address such as 127.0.0.1; got ${JSON.stringify(address)}`,
    );
}

/** Settings of a real pool or issuer beside the local one mean that nobody can say which of them the tokens come from. */
function otherIssuerReasons(environment: Environment): readonly string[] {
  const settings = Object.keys(environment).filter(
    (name) => (name.startsWith('COGNITO_') || name === 'TOKEN_ISSUERS') && settingOf(environment, name) !== '',
  );
  const mode = settingOf(environment, 'AUTH_MODE').toLowerCase();
  if (mode === 'cognito' || mode === 'issuers') settings.unshift(`AUTH_MODE=${mode}`);
  return settings.map((setting) => `${setting} is set: unset it, or run without the local user pool`);
}

function settingOf(environment: Environment, name: string): string {
  return (environment[name] ?? '').trim();
}
