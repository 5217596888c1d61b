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
    case 'failed':
      for (const problem of loaded.problems) context.errors.print(describeProblem(problem));
      return ExitCode.wrongConfiguration;
    case 'absent':
      context.errors.print(absentConfigHelp(loaded.searched, randomBytes(16).toString('hex')));
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
    if (asJson) output.printJson({ error: { code: isRefused ? 'refused' : 'unreachable', text: error.message } });
    else errors.print(`dyndns: ${error.message}`);
    return isRefused ? ExitCode.failed : ExitCode.unreachable;
  }
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
