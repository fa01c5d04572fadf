/** What `docs/scaling.json` holds. */
export interface ScalingResults {
  readonly machine: { readonly cpu: string; readonly cores: number; readonly node: string };
  /** Nodes that share nothing but the database. */
  readonly apart: NodesResults;
  /** Nodes that share claims through Redis as well. */
  readonly shared: NodesResults;
}

export interface NodesResults {
  /** How long a change that one node made was not known. */
  readonly freshness: {
    readonly nodes: number;
    readonly changes: number;
    readonly byTheNodeThatMadeIt: FreshnessFigures;
    readonly byEveryOtherNode: FreshnessFigures;
  };
  /** Users of whom no node knows anything ask every node. */
  readonly coldUsers: {
    readonly users: number;
    readonly nodes: number;
    readonly askingAtOnce: number;
    readonly statements: number;
    readonly statementsPerUser: number;
  };
  readonly faults: readonly FaultResult[];
}

/** From the answer to the change; each change counts once for each node. */
export interface FreshnessFigures {
  readonly observations: number;
  /** Until the last request was sent that was answered with the state before; 0 when none was. */
  readonly staleMs: { readonly p50: number; readonly p99: number; readonly max: number };
  /** Until the first answer with the new state arrived. */
  readonly seenMs: { readonly p50: number; readonly p99: number; readonly max: number };
}

export interface FaultResult {
  readonly name: string;
  readonly claimsTtlSeconds: number;
  /** How long after a change a request may still be answered with the state before. */
  readonly boundMs: number;
  readonly changes: number;
  readonly answersJudged: number;
  readonly answersUnavailable: number;
  readonly violations: number;
  readonly staleMs: { readonly p99: number; readonly max: number };
  /** From the end of the fault until the last request was sent that had an error or no answer, at any node. */
  readonly recoveryMs: number;
}
