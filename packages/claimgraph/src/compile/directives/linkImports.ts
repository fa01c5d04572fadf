import { type ConstDirectiveNode, type ConstValueNode, Kind, print } from 'graphql';
import type { ReportProblemAt } from '../problem.ts';
import {
  connectDirectives,
  federationDirectives,
  isSecurityDirective,
  sinceMinorVersion,
  unimported,
} from './federationSpec.ts';

/** What the schema's `@link` directives make of names. */
export interface LinkedNames {
  /** The directive of Apollo's specification that a name stands for in this schema; names without `@`. */
  readonly directives: ReadonlyMap<string, string>;
  /** What stands before the `__` of names that are not imported. */
  readonly namespace: string;
  /** Names that come from a specification that is not Apollo's, whatever they look like. */
  readonly foreign: ReadonlySet<string>;
}

interface Link {
  readonly url: string;
  readonly as: string | undefined;
  readonly purpose: string | undefined;
  readonly imports: readonly Import[];
}

interface Import {
  readonly name: string;
  readonly as: string;
}

type Report = (message: string, fix: string) => void;

const connectUrl = /^https:\/\/specs\.apollo\.dev\/connect\/v\d+\.\d+\/?$/;

const federationUrl = /^https:\/\/specs\.apollo\.dev\/federation\/v2\.(\d+)\/?$/;

/**
 * Reads the `@link` directives of a schema (https://specs.apollo.dev/link/v1.0). Without one to federation, Apollo's
 * directives go by their own names; with one, by the imported names, and by `namespace__name` when not imported.
 */
export function readLinks(applied: readonly ConstDirectiveNode[], reportAt: ReportProblemAt): LinkedNames {
  const report: Report = (message, fix) => reportAt('schema', 'INVALID_LINK', message, fix);
  const links = applied.flatMap((node) => parseLink(node, report) ?? []);
  const [federation, second] = links.filter(({ url }) => /specs\.apollo\.dev\/federation/i.test(url));
  const others = links.filter((link) => link !== federation && !connectUrl.test(link.url));
  const foreign = new Set(others.flatMap((link) => foreignNames(link, report)));
  if (second) report('@link goes to federation twice', `keep one of ${federation?.url} and ${second.url}`);
  const directives = federation ? namesOf(federation, report) : ownNames();
  for (const name of foreign) {
    if (federation && directives.has(name)) report(`@${name} is imported by two @links`, 'rename one of them');
    if (!federation) directives.delete(name);
  }
  for (const link of links.filter(({ url }) => connectUrl.test(url))) {
    for (const [local, name] of connectNamesOf(link)) {
      const isTaken = foreign.has(local) || unimported(local) || (directives.get(local) ?? name) !== name;
      if (isTaken) report(`@link imports @${name} as @${local}, which is the name of another directive`, 'rename it');
      else directives.set(local, name);
    }
  }
  return { directives, namespace: federation?.as ?? 'federation', foreign };
}

function connectNamesOf({ as = 'connect', imports }: Link): readonly (readonly [local: string, name: string])[] {
  const directives = imports.filter(({ name }) => connectDirectives.has(name.replace(/^@/, '')));
  return [
    // Link v1.0: a specification's directive of its own name goes by the namespace alone.
    [as, 'connect'],
    [`${as}__source`, 'source'],
    ...directives.map((one) => [one.as.slice(1), one.name.slice(1)] as const),
  ];
}

function ownNames(): Map<string, string> {
  return new Map([...federationDirectives.keys()].map((name) => [name, name]));
}

function namesOf({ url, as = 'federation', imports }: Link, report: Report): Map<string, string> {
  const version = federationUrl.exec(url)?.[1];
  if (version === undefined) {
    report(`@link to ${url} is not understood`, 'write https://specs.apollo.dev/federation/v2.<minor>');
  }
  const minor = Number(version ?? Number.POSITIVE_INFINITY);
  const names = new Map<string, string>();
  for (const imported of imports.filter(({ name }) => name.startsWith('@'))) {
    const [name, local] = [imported.name.slice(1), imported.as.slice(1)];
    if (isTooNew(name, minor)) report(`@link imports @${name}, which ${url} does not have`, update(name));
    if (names.has(local) || (local !== name && federationDirectives.has(local))) {
      report(`@link imports @${name} as @${local}, which is the name of another directive`, 'choose another name');
    }
    // What is not in the specification as we know it is met again as unknown, should it be used.
    if (federationDirectives.has(name)) names.set(local, name);
  }
  const imported = new Set(names.values());
  for (const name of federationDirectives.keys()) {
    if (imported.has(name) || isTooNew(name, minor)) continue;
    const local = `${as}__${name}`;
    if (names.has(local))
      report(`@link imports a directive as @${local}, which stands for @${name} already`, 'choose another name');
    names.set(local, name);
  }
  return names;
}

function isTooNew(name: string, minor: number): boolean {
  return isSecurityDirective(name) && minor < sinceMinorVersion[name];
}

function update(name: string): string {
  return isSecurityDirective(name) ? `link to v2.${sinceMinorVersion[name]} or later` : '';
}

function foreignNames({ url, as, purpose, imports }: Link, report: Report): readonly string[] {
  if (/specs\.apollo\.dev\/(authenticated|requiresScopes|policy)\b/i.test(url)) {
    report(`@link to ${url} is not understood`, 'import the directive from federation v2.6 or later');
  } else if (purpose === 'SECURITY') {
    // Link v1.0, `for: SECURITY`: who does not understand such a specification must not serve the schema.
    report(`@link to ${url} is for: SECURITY, and is not understood`, 'protect its fields in the permission map');
  }
  const isApollo = url.startsWith('https://specs.apollo.dev/');
  const imported = imports.filter(({ name, as: local }) => local.startsWith('@') && !(isApollo && local === name));
  const root = as ?? (isApollo ? undefined : /([A-Za-z]\w*)(?:\/v\d[^/]*)?\/?$/.exec(url)?.[1]);
  return [...imported.map((one) => one.as.slice(1)), ...(root === undefined ? [] : [root])];
}

function parseLink(node: ConstDirectiveNode, report: Report): Link | undefined {
  const given = new Map(node.arguments?.map(({ name, value }) => [name.value, value]));
  const [url, as, list] = [given.get('url'), given.get('as'), given.get('import')];
  const imports = isAbsent(list) ? [] : list.kind === Kind.LIST ? list.values.map(parseImport) : [undefined];
  const parsed = imports.filter((one) => one !== undefined);
  const isUsable = url?.kind === Kind.STRING && (isAbsent(as) || as.kind === Kind.STRING);
  if (!isUsable || parsed.length < imports.length) {
    report(
      `the arguments of ${print(node)} are not understood`,
      'write @link(url: "…", as: "…", import: ["@name", { name: "@name", as: "@other" }])',
    );
  }
  if (url?.kind !== Kind.STRING) return undefined;
  const purpose = given.get('for');
  return {
    url: url.value,
    as: as?.kind === Kind.STRING ? as.value : undefined,
    purpose: purpose?.kind === Kind.ENUM ? purpose.value : undefined,
    imports: parsed,
  };
}

function parseImport(value: ConstValueNode): Import | undefined {
  if (value.kind === Kind.STRING) return { name: value.value, as: value.value };
  if (value.kind !== Kind.OBJECT) return undefined;
  const given = new Map(value.fields.map((field) => [field.name.value, field.value]));
  const [name, as = name] = [given.get('name'), given.get('as')];
  if (name?.kind !== Kind.STRING || as?.kind !== Kind.STRING) return undefined;
  const isSameKind = name.value.startsWith('@') === as.value.startsWith('@');
  return isSameKind ? { name: name.value, as: as.value } : undefined;
}

function isAbsent(
  value: ConstValueNode | undefined,
): value is undefined | Extract<ConstValueNode, { kind: Kind.NULL }> {
  return value === undefined || value.kind === Kind.NULL;
}
