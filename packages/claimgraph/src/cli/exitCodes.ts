/** What the process ends with; `claimgraph --help` tells them. */
export const exitCodes = {
  ok: 0,
  findings: 1,
  gains: 2,
  /** EX_USAGE of sysexits.h. */
  usageError: 64,
  /** EX_SOFTWARE of sysexits.h. */
  defect: 70,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** Called wrongly, or where there is no project that can be read. The message says expected, got and what to do. */
export class UsageError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}
