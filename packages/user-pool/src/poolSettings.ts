/** What sets each of the options, for messages that say what to change. */
export interface PoolSettingNames {
  /** The file of clients and users. */
  readonly config: string;
  readonly port: string;
  readonly httpsPort: string;
  readonly hosts: string;
  readonly dataDir: string;
  /** Where the pool can be used that runs already, if there is such a setting. */
  readonly url?: string;
}

/** Those of `claimgraph pool`. */
export const commandSettings: PoolSettingNames = {
  config: 'FILE',
  port: '--port',
  httpsPort: '--https-port',
  hosts: '--host',
  dataDir: '--data-dir',
};
