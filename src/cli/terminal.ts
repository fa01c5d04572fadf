/** What a command has of the process that it runs in. */
export interface Terminal {
  /** The current folder. */
  readonly folder: string;
  /** Whether stdout is a terminal that wants colours. */
  readonly colours: boolean;
}

export interface CommandOutput {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}
