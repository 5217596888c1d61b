import { EventEmitter } from 'node:events';
import type { NetworkInterfaceInfo } from 'node:os';
import { commands } from '../../src/cli/commands.ts';
import { Output } from '../../src/cli/output.ts';
import { signalsOf } from '../../src/cli/process-signals.ts';
import { runCommandLine } from '../../src/cli/run.ts';
import type { Services } from '../../src/cli/services.ts';

/** The command line without a process around it: what it prints stays here, and signals come from the test. */
export interface CommandLine {
  readonly signals: EventEmitter;
  readonly stdout: () => string;
  readonly stderr: () => string;
  run(...args: string[]): Promise<number>;
}

export interface CommandLineOptions {
  readonly services: Partial<Services>;
  readonly interfaces?: NodeJS.Dict<NetworkInterfaceInfo[]>;
  readonly workingDirectory: string;
}

export function commandLine({ services, interfaces = {}, workingDirectory }: CommandLineOptions): CommandLine {
  const signals = new EventEmitter();
  const texts = { stdout: '', stderr: '' };
  const output = (name: keyof typeof texts): Output =>
    new Output({ write: (text) => (texts[name] += text), on: () => undefined }, {});
  const unexpected = (): never => {
    throw new Error('this service is not part of the test');
  };
  return {
    signals,
    stdout: () => texts.stdout,
    stderr: () => texts.stderr,
    run: async (...args) =>
      await runCommandLine(args, commands, {
        output: output('stdout'),
        errors: output('stderr'),
        environment: {},
        workingDirectory,
        signals: signalsOf(signals),
        networkInterfaces: () => interfaces,
        services: {
          openUpdater: unexpected,
          openImporter: unexpected,
          openAdministration: unexpected,
          startService: unexpected,
          ...services,
        },
      }),
  };
}
