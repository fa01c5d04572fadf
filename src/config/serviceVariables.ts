import { isIP } from 'node:net';
import type { Environment } from './configError.ts';

/**
 * The environment without what Kubernetes tells every container of the Services of its namespace, in the form of Docker's
 * links (`CLAIMS_PORT=tcp://10.0.0.1:80`): a Service can have any name, and so these variables our prefixes, or the very
 * name of a setting (`METRICS_PORT` for a Service `metrics`). Told by name, value and company: each belongs to a
 * `…_SERVICE_HOST` that is an address. https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables
 */
export function withoutServiceVariables(environment: Environment): Environment {
  const services = Object.entries(environment).flatMap(([name, value = '']) =>
    name.endsWith(hostSuffix) && isIP(value) !== 0 ? [name.slice(0, -hostSuffix.length)] : [],
  );
  if (services.length === 0) return environment;
  // The platform's own, by which it is known where the process runs.
  const others = services.filter((service) => service !== 'KUBERNETES');
  return Object.fromEntries(
    Object.entries(environment).filter(([name, value = '']) => {
      return !others.some((service) => name.startsWith(`${service}_`) && isInjected(name.slice(service.length), value));
    }),
  );
}

const hostSuffix = '_SERVICE_HOST';

const portUrl = /^(tcp|udp|sctp):\/\/\S+:\d{1,5}$/;
const port = /^\d{1,5}$/;

/** By what follows the Service's name. */
const injected: readonly (readonly [suffix: RegExp, isValue: (value: string) => boolean])[] = [
  [/^_SERVICE_HOST$/, (value) => isIP(value) !== 0],
  [/^_SERVICE_PORT(_[A-Z0-9_]+)?$/, (value) => port.test(value)],
  [/^_PORT(_\d{1,5}_(TCP|UDP|SCTP))?$/, (value) => portUrl.test(value)],
  [/^_PORT_\d{1,5}_(TCP|UDP|SCTP)_PROTO$/, (value) => /^(tcp|udp|sctp)$/.test(value)],
  [/^_PORT_\d{1,5}_(TCP|UDP|SCTP)_PORT$/, (value) => port.test(value)],
  [/^_PORT_\d{1,5}_(TCP|UDP|SCTP)_ADDR$/, (value) => isIP(value) !== 0],
];

function isInjected(suffix: string, value: string): boolean {
  return injected.some(([pattern, isValue]) => pattern.test(suffix) && isValue(value));
}
