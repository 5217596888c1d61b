import { redactedConfig, redactedConfigYaml } from '../config/redact.ts';
import type { Command } from './command.ts';
import { withConfig } from './configured.ts';
import { ExitCode } from './exit-code.ts';

export const configCommand: Command = {
  name: 'config',
  summary: 'show the configuration in force, without its secrets',
  operands: '',
  minOperands: 0,
  maxOperands: 0,
  description: `Reads the configuration as "serve" would, tells every mistake in it, and shows what is in force, with all
defaults filled in and every secret replaced by <redacted>.`,
  options: { json: { text: 'show it as JSON' } },
  examples: [
    { line: 'dyndns config', text: 'show it' },
    { line: 'dyndns --config new.yml config', text: 'try a new file before it is put in place' },
    { line: 'dyndns config --json | jq .zones', text: 'only the zones' },
  ],
  exitCodes: [],
  run: async (invocation, context) =>
    await withConfig(invocation, context, (config) => {
      if (invocation.switches.has('json')) {
        context.output.printJson({ file: config.file, ...redactedConfig(config), warnings: config.warnings });
      } else {
        context.output.print(redactedConfigYaml(config));
      }
      return Promise.resolve(ExitCode.done);
    }),
};
