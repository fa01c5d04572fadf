import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import type { Logger } from 'pino';
import { answerCompiledLast } from '../../adapters/apollo/answerCompiled.ts';
import { createGuardPlugin } from '../../adapters/apollo/guardPlugin.ts';
import { type CompilingOptions, defaultCompiling } from '../../execute/compiledOperations.ts';
import { createCompilingExecutor } from '../../execute/compilingExecutor.ts';
import type { Executor } from '../../execute/executor.ts';
import type { GuardedSchema } from '../../guard/guardedSchema.ts';
import { createOperationGuard, type OperationGuard } from '../../guard/operationGuard.ts';
import { introspectByCaller } from '../../inspect/introspectByCaller.ts';
import { claimGroupsOf } from '../../logic/claimGroups.ts';
import { createFormatError, type ExposeError, type FormatError } from '../../operation/formatError.ts';
import { createKeptDocuments, type KeptDocuments } from '../../operation/keptDocuments.ts';
import { type OperationLimits, parseLimits } from '../../operation/limits.ts';
import {
  aFunction,
  aLogger,
  anObject,
  byName,
  numberBetween,
  type OptionKinds,
  objects,
  oneOf,
  parseOptions,
  required,
  wholeNumber,
} from '../../options.ts';
import type { RequestContext } from '../context.ts';
import type { Observers } from '../observers.ts';
import { createDocumentStore } from './documentStore.ts';
import { type ExplainOptions, explainDecisions } from './explainDecisions.ts';
import { limitOperations } from './limitOperations.ts';
import { logOperation } from './logOperation.ts';
import { observeOperations } from './observeOperations.ts';
import { observeShadow } from './shadowDecisions.ts';
import { createUserPlugins } from './userPlugins.ts';

export type Introspection = 'open' | 'by-caller' | 'off';

export interface ApolloServerOptions {
  /** Who may read the schema: everybody; each caller the part that they can reach; nobody. */
  readonly introspection: Introspection;
  readonly logger: Logger;
  /** How large an operation may be; see `defaultLimits`. */
  readonly limits?: Partial<OperationLimits>;
  /** Of how many operations in which nothing was refused the log tells how they were decided: 0, none, to 1, all. */
  readonly auditSample?: number;
  /** `for-callers-who-ask`: any caller can have the rules told by a header. Never where callers are not to learn them. */
  readonly explain?: 'never' | 'for-callers-who-ask';
  /** What the header tells besides. */
  readonly explaining?: ExplainOptions | undefined;
  /** `jit` compiles the queries that are asked often; whatever is not compiled is executed by graphql-js. */
  readonly executor?: 'jit' | 'graphql-js';
  readonly compiling?: Partial<CompilingOptions>;
  /** Plugins of the user's own. All of their hooks run, after those of this server. */
  readonly plugins?: readonly ApolloServerPlugin<RequestContext>[] | undefined;
  /** What the user adds to an error that is formatted already; it must not tell more of `error` than clients may know. */
  readonly formatError?: FormatError | undefined;
  /** Which errors of resolvers with a code of their own clients may read; none unless given. */
  readonly exposeErrors?: ExposeError | undefined;
  readonly observers?: Pick<Observers, 'onOperation' | 'onErrorCode' | 'onShadowDifferences'>;
}

/** How operations are executed and told of: the same for `createGraphqlServer`. */
export const executionKinds = {
  introspection: oneOf('open', 'by-caller', 'off'),
  limits: anObject,
  auditSample: numberBetween(0, 1),
  explain: oneOf('never', 'for-callers-who-ask'),
  executor: oneOf('jit', 'graphql-js'),
  compiling: anObject,
  plugins: objects,
  formatError: aFunction,
  exposeErrors: aFunction,
  observers: byName(aFunction),
};

const apolloKinds: OptionKinds<ApolloServerOptions> = {
  ...executionKinds,
  introspection: required(executionKinds.introspection),
  explaining: anObject,
  logger: required(aLogger),
};

const compilingKinds: OptionKinds<CompilingOptions> = { compileAfter: wholeNumber(0), onCompiled: aFunction };

export function createApolloServer(guarded: GuardedSchema, given: ApolloServerOptions): ApolloServer<RequestContext> {
  return createApolloParts(guarded, given).apollo;
}

/** An Apollo Server, and what answers subscriptions beside it, which it does not serve: the same guard, limits and errors. */
export interface ApolloParts {
  readonly apollo: ApolloServer<RequestContext>;
  readonly operations: OperationGuard;
  readonly formatError: FormatError;
  readonly executor: Executor | undefined;
  readonly documents: KeptDocuments;
  readonly limits: OperationLimits;
  readonly isIntrospectionOff: boolean;
}

export function createApolloParts(guarded: GuardedSchema, given: ApolloServerOptions): ApolloParts {
  const options = parseOptions('createApolloServer', given, apolloKinds);
  const { introspection, logger, executor = 'jit', compiling = {} } = options;
  const limits = parseLimits(options.limits);
  const documents = createKeptDocuments({ maxBytes: limits.maxKeptBytes });
  const { auditSample, explain = 'never', exposeErrors, observers = {} } = options;
  const { schema, plans } = guarded;
  if (introspection === 'by-caller') introspectByCaller(schema, plans);
  const claimGroups = [...claimGroupsOf(plans.values())].filter((group) => group !== undefined);
  const own = createFormatError((errorId, error) => logger.error({ errorId, err: error }, 'internal error'), {
    exposeErrors,
    hideSuggestions: introspection !== 'open',
  });
  const { formatError: addToError, plugins = [] } = options;
  const formatError = withErrorCodeMetric(
    addToError ? (formatted, error) => addToError(own(formatted, error), error) : own,
    observers.onErrorCode,
  );
  const compilingOptions = {
    ...defaultCompiling,
    // The name is chosen by the client, so bounded.
    onCompiled({ name, durationMs }) {
      logger.debug({ operationName: name?.slice(0, 100), durationMs }, 'compiled');
    },
    ...parseOptions('compiling', compiling, compilingKinds),
  } satisfies CompilingOptions;
  const compilingExecutor = executor === 'jit' ? createCompilingExecutor(compilingOptions) : undefined;
  const userPlugins = plugins.length === 0 ? undefined : createUserPlugins(plugins);
  const operations = createOperationGuard(guarded, { limits, documents });
  const apollo = new ApolloServer<RequestContext>({
    schema,
    formatError,
    // Writes what was executed, which a plugin of the user's own can have changed since.
    ...(compilingExecutor && !userPlugins && { stringifyResult: compilingExecutor.stringifyResult }),
    introspection: introspection !== 'off',
    // Otherwise a misspelt field name is answered with the names of fields nearby.
    hideSchemaDetailsFromClientErrors: introspection !== 'open',
    includeStacktraceInErrorResponses: false,
    csrfPrevention: true,
    allowBatchedHttpRequests: false,
    persistedQueries: false,
    documentStore: createDocumentStore(documents),
    parseOptions: { maxTokens: limits.maxDocumentTokens },
    stopOnTerminationSignals: false,
    logger,
    plugins: [
      limitOperations(limits),
      createGuardPlugin(
        { operations, formatError },
        { formatError, executor: userPlugins ? undefined : compilingExecutor, onErrors: userPlugins?.tellErrors },
      ),
      ...(explain === 'for-callers-who-ask' ? [explainDecisions(options.explaining)] : []),
      logOperation(logger, { auditSample, claimGroups }),
      ...(observers.onOperation ? [observeOperations(observers.onOperation, claimGroups)] : []),
      ...(observers.onShadowDifferences ? [observeShadow(observers.onShadowDifferences)] : []),
      ...(userPlugins?.plugins ?? []),
      ...(compilingExecutor && userPlugins
        ? [
            answerCompiledLast(
              compilingExecutor,
              { plans, formatError, onErrors: userPlugins.tellErrors },
              userPlugins.followExecution,
            ),
          ]
        : []),
      // Cache-Control is set by the HTTP host; this plugin more than doubles the time of large lists (5.5.1).
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
    ],
  });
  const isIntrospectionOff = introspection === 'off';
  return { apollo, operations, formatError, executor: compilingExecutor, documents, limits, isIntrospectionOff };
}

function withErrorCodeMetric(formatError: FormatError, onErrorCode: Observers['onErrorCode']): FormatError {
  if (!onErrorCode) return formatError;
  return (formatted, error) => {
    const told = formatError(formatted, error);
    onErrorCode(String(told.extensions?.code));
    return told;
  };
}
