import { randomBytes } from 'node:crypto';
import type { Config } from '../config/config.ts';
import { type LoadedConfig, loadConfig } from '../config/load.ts';
import { describeProblem } from '../config/problem.ts';
import type { CliContext, Invocation } from './command.ts';
import { ExitCode } from './exit-code.ts';
import { ServiceRefusal, ServiceUnreachable } from './services.ts';

/** Loads the configuration that the command line, the environment and the working directory point to. */
export async function loadFor(
  invocation: Invocation,
  context: CliContext,
  signal?: AbortSignal,
): Promise<LoadedConfig> {
  const { environment, workingDirectory } = context;
  return await loadConfig({ flag: invocation.values['config'], environment, workingDirectory }, signal);
}

/** Runs a command with its configuration, or tells what is wrong with that. */
export async function withConfig(
  invocation: Invocation,
  context: CliContext,
  use: (config: Config) => Promise<ExitCode>,
): Promise<ExitCode> {
  return await withLoaded(await loadFor(invocation, context), context, use, invocation.switches.has('json'));
}

/** The same with what has been loaded already. @param asJson  whether a failure is data that was asked for */
export async function withLoaded(
  loaded: LoadedConfig,
  context: CliContext,
  use: (config: Config) => Promise<ExitCode>,
  asJson = false,
): Promise<ExitCode> {
  switch (loaded.kind) {
    case 'loaded':
      for (const warning of loaded.config.warnings) context.errors.print(`warning: ${warning}`);
      return await useOrExplain(loaded.config, use, context, asJson);
    case 'failed': {
      const problems = loaded.problems.map(describeProblem);
      if (asJson) context.output.printJson(wrongConfiguration(problems.join('\n'), ''));
      else for (const problem of problems) context.errors.print(problem);
      return ExitCode.wrongConfiguration;
    }
    case 'absent':
      if (asJson) context.output.printJson(absentConfiguration(loaded.searched));
      else context.errors.print(absentConfigHelp(loaded.searched, randomBytes(16).toString('hex')));
      return ExitCode.wrongConfiguration;
  }
}

async function useOrExplain(
  config: Config,
  use: (config: Config) => Promise<ExitCode>,
  { output, errors }: CliContext,
  asJson: boolean,
): Promise<ExitCode> {
  try {
    return await use(config);
  } catch (error) {
    if (!(error instanceof ServiceRefusal || error instanceof ServiceUnreachable)) throw error;
    const isRefused = error instanceof ServiceRefusal;
    if (asJson)
      output.printJson({ error: { code: isRefused ? 'refused' : 'unreachable', text: error.message, remedy: '' } });
    else errors.print(`dyndns: ${error.message}`);
    return isRefused ? ExitCode.failed : ExitCode.unreachable;
  }
}

function absentConfiguration(searched: readonly string[]): object {
  const text = `There is no configuration. It was looked for here: ${searched.join(', ')}.`;
  return wrongConfiguration(text, 'Name a file by --config; "dyndns serve" makes one where there is none.');
}

function wrongConfiguration(text: string, remedy: string): object {
  return { error: { code: 'configuration', text, remedy } };
}

/**
 * What somebody needs who starts the program for the first time.
 *
 * @param secret  a fresh one, so that the example can be used as it stands
 */
export function absentConfigHelp(searched: readonly string[], secret: string): string {
  return `dyndns needs a configuration, and there is none. It was looked for here:

${searched.map((path) => `  ${path}`).join('\n')}

Another file is named by --config FILE or by the environment variable dyndns_CONFIG_FILE or DYNDNS_CONFIG_FILE.
"dyndns serve" makes one, with the built-in nameserver, where there is none.
For a nameserver on this machine that lets the key "dyndns.example.com" change the zone of that name, this is enough:

${minimalConfig(secret)}`;
}

/** The smallest configuration, with the key of the original's documentation. */
export function minimalConfig(secret: string): string {
  return `  secret: '${secret}'   # what clients send; this one was made for you just now
  nameserver: 127.0.0.1
  zones:
    - name: dyndns.example.com
      tsig_key: tPyvZA==   # put yours: tsig-keygen -a hmac-sha512 dyndns.example.com
`;
}
