/** Names for prepared statements: PostgreSQL then parses and analyses each once on a connection. */
export interface StatementNames {
  /** The same name for the same text; undefined for a text that is not worth keeping. */
  nameOf(text: string): string | undefined;
}

// The statements that answer requests are some dozens, of one or two thousand characters.
const maxNames = 500;
const maxLength = 8_000;

/** Bounded, for each connection keeps what is named: the text here, and its plan in the server. */
export function createStatementNames(): StatementNames {
  const names = new Map<string, string>();
  return {
    nameOf(text) {
      const known = names.get(text);
      if (known !== undefined || names.size >= maxNames || text.length > maxLength) return known;
      const name = `claimgraph_${names.size}`;
      names.set(text, name);
      return name;
    },
  };
}
