import { describe, expect, test } from 'vitest';
import { readConfig } from '../../src/config/readConfig.ts';
import { refusalOf } from './environments.ts';

/** What Kubernetes sets in every container of a namespace for a Service of this name, with two ports. */
const injectedFor = (service: string, address = '10.96.0.12') => {
  const at = address.includes(':') ? `[${address}]` : address;
  const name = service.toUpperCase().replaceAll('-', '_');
  return {
    [`${name}_SERVICE_HOST`]: address,
    [`${name}_SERVICE_PORT`]: '80',
    [`${name}_SERVICE_PORT_HTTP`]: '80',
    [`${name}_SERVICE_PORT_HTTP_METRICS`]: '9090',
    [`${name}_PORT`]: `tcp://${at}:80`,
    [`${name}_PORT_80_TCP`]: `tcp://${at}:80`,
    [`${name}_PORT_80_TCP_PROTO`]: 'tcp',
    [`${name}_PORT_80_TCP_PORT`]: '80',
    [`${name}_PORT_80_TCP_ADDR`]: address,
    [`${name}_PORT_9090_UDP`]: `udp://${at}:9090`,
    [`${name}_PORT_9090_UDP_PROTO`]: 'udp',
    [`${name}_PORT_9090_UDP_PORT`]: '9090',
    [`${name}_PORT_9090_UDP_ADDR`]: address,
  };
};

describe('what Kubernetes sets for the Services of a namespace', () => {
  test.each([
    'claimgraph',
    'claimgraph-api',
    'claims',
    'claims-cache',
    'cognito-proxy',
    'jwks',
    'token',
    'token-exchange',
    // The Service's port has the name of a setting of ours.
    'metrics',
    'user-pool',
  ])('is no setting: %s', (service) => {
    expect(readConfig(injectedFor(service))).toEqual(readConfig({}));
    expect(readConfig(injectedFor(service, 'fd00:10:96::c'))).toEqual(readConfig({}));
  });

  test('gives way to the setting of the same name', () => {
    expect(readConfig({ ...injectedFor('metrics'), METRICS_PORT: '9464' }).metricsPort).toBe(9464);
  });

  test.each([
    ['CLAIMGRAPH_PORT', { CLAIMGRAPH_PORT: 'tcp://10.0.0.1:80' }],
    ['CLAIMGRAPH_PORT', { CLAIMGRAPH_SERVICE_HOST: '10.0.0.1', CLAIMGRAPH_PORT: '4000' }],
    ['METRICS_PORT', { METRICS_PORT: 'tcp://10.0.0.1:80' }],
    ['CLAIMS_SERVICE_HOST', { CLAIMS_SERVICE_HOST: 'claims.example' }],
    ['CLAIMS_SERVICE_PORT', { CLAIMS_SERVICE_PORT: '80' }],
    ['CLAIMS_TTL', { ...injectedFor('claims'), CLAIMS_TTL: '5' }],
    ['CLAIMS_PORT_80_TCP_ADDR', { ...injectedFor('claims'), CLAIMS_PORT_80_TCP_ADDR: 'anywhere' }],
  ])('and what only looks like it is refused as ever: %s', (name, environment) => {
    expect(refusalOf(environment)).toMatch(new RegExp(`^  ${name}: expected `, 'm'));
  });
});
