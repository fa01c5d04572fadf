/** Something the process cannot start with. The message lists every problem and what to do; it never reaches a client. */
export class ConfigurationError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}
