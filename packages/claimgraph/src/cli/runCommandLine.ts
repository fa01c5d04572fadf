import { ConfigurationError } from '../errors.ts';
import { withColours, withoutColours } from './colorize.ts';
import { commands } from './commands/index.ts';
import { exitCodes, UsageError } from './exitCodes.ts';
import { printReport } from './printReport.ts';
import type { CommandOutput, Terminal } from './terminal.ts';

/** What is typed behind `claimgraph` → what is printed. Throws only for a defect, of ours or of the project's own code. */
export async function runCommandLine(args: readonly string[], terminal: Terminal): Promise<CommandOutput> {
  const [name, ...rest] = args;
  if (name === '--help' || name === 'help') return printed(help());
  const command = commands.find((known) => known.name === name);
  if (!command) {
    const known = commands.map((each) => each.name).join(', ');
    return usageError(`expected a command: ${known}; got ${name ?? 'none'}`, 'claimgraph --help');
  }
  try {
    const result = await command.run(rest, terminal);
    if (result === 'help') return printed(command.help);
    if (result === 'stopped') return printed('');
    const { outcome, format } = result;
    const paint = terminal.colours ? withColours : withoutColours;
    return {
      exitCode: outcome.exitCode,
      stdout: printReport(outcome.report, format, paint),
      stderr: (outcome.notes ?? []).map((note) => `${note}\n`).join(''),
    };
  } catch (error) {
    if (error instanceof UsageError) return usageError(error.message, `claimgraph ${command.name} --help`);
    if (error instanceof ConfigurationError) {
      const seeAlso = ['check', 'pool'].includes(command.name) ? '' : 'See: claimgraph check\n';
      return { exitCode: exitCodes.findings, stdout: '', stderr: `${error.message}\n${seeAlso}` };
    }
    throw error;
  }
}

function printed(stdout: string): CommandOutput {
  return { exitCode: exitCodes.ok, stdout, stderr: '' };
}

function usageError(message: string, seeAlso: string): CommandOutput {
  return { exitCode: exitCodes.usageError, stdout: '', stderr: `${message}\nSee: ${seeAlso}\n` };
}

function help(): string {
  const width = Math.max(...commands.map(({ name }) => name.length));
  return `Usage: claimgraph COMMAND [options]

What the permissions of a GraphQL schema say, for those who write it; and a user pool to try them with.
Reads claimgraph.config.ts.

${commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`).join('\n')}

claimgraph COMMAND --help tells the options.

Exit codes:
  ${exitCodes.ok}   done, and nothing is wrong
  ${exitCodes.findings}   problems were found, or the permission map does not fit the schema
  ${exitCodes.gains}   somebody gains access, and --no-gains is set
  ${exitCodes.usageError}  called wrongly, or there is no project that can be read
  ${exitCodes.defect}  the command or the project's own code threw
`;
}
