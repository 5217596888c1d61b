import type { NetworkInterfaceInfo } from 'node:os';
import type { ExitCode } from './exit-code.ts';
import type { Output } from './output.ts';
import type { Services } from './services.ts';

/** One command of the program: what `--help` says about it, and what it does. */
export interface Command {
  /** One word, or two where several commands have the first in common, such as `zone list`. */
  readonly name: string;
  /** One line in the list of commands. */
  readonly summary: string;
  /** What stands after the options, such as `FQDN [IP…]`. */
  readonly operands: string;
  readonly minOperands: number;
  readonly maxOperands: number;
  /** A few sentences, already broken into lines. */
  readonly description: string;
  readonly options: Readonly<Record<string, CommandOption>>;
  readonly examples: readonly CommandExample[];
  /** Those that it can end with besides the ones that every command can. */
  readonly exitCodes: readonly ExitCode[];
  run(invocation: Invocation, context: CliContext): Promise<ExitCode>;
}

export interface CommandOption {
  readonly short?: string;
  /** What stands for the value in `--help`; an option without one is a switch. */
  readonly value?: string;
  readonly text: string;
}

export interface CommandExample {
  readonly line: string;
  readonly text: string;
}

/** The command line after it was understood. */
export interface Invocation {
  /** Of the command, such as `zone list`. */
  readonly command: string;
  readonly operands: readonly string[];
  /** Options with a value, by long name. */
  readonly values: Readonly<Record<string, string>>;
  /** Switches that were given, by long name. */
  readonly switches: ReadonlySet<string>;
}

/** Everything that a command sees of the world. */
export interface CliContext {
  readonly output: Output;
  readonly errors: Output;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly workingDirectory: string;
  readonly signals: ProcessSignals;
  readonly networkInterfaces: () => NodeJS.Dict<NetworkInterfaceInfo[]>;
  readonly services: Services;
}

/** The signals that a long-running command answers; a process that subscribes to none keeps the system's defaults. */
export interface ProcessSignals {
  /** Calls back at the first SIGINT or SIGTERM; the next one has the system's default again. */
  onStop(listener: (signal: string) => void): Disposable;
  /** Calls back at every SIGHUP. */
  onReload(listener: () => void): Disposable;
}
