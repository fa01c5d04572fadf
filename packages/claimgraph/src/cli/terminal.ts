/** What a command has of the process that it runs in. */
export interface Terminal {
  /** The current folder. */
  readonly folder: string;
  /** Whether stdout is a terminal that wants colours. */
  readonly colours: boolean;
  /** The environment of the process. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** For what goes on: prints at once. */
  readonly print: (text: string) => void;
  /** Resolves when the process is asked to end. */
  readonly untilStopped: () => Promise<void>;
  /** How this command line was started, to start it again for another state of the project. */
  readonly self: {
    /** Node with its flags. */
    readonly node: readonly [string, ...string[]];
    /** The file of the entry. */
    readonly entry: string;
  };
}

export interface CommandOutput {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}
