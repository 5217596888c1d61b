/** What a command's end means to the program that started it; beyond 2, the numbers of BSD's sysexits.h. */
export const ExitCode = {
  done: 0,
  failed: 1,
  wrongUsage: 2,
  unreachable: 69,
  internalFault: 70,
  unconfirmed: 75,
  wrongConfiguration: 78,
} as const;

export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

/** What every command can end with. */
export const commonExitCodes: readonly ExitCode[] = [
  ExitCode.done,
  ExitCode.wrongUsage,
  ExitCode.internalFault,
  ExitCode.wrongConfiguration,
];

/** The one table of them, for `--help` and the manual. */
export const exitCodeMeanings: readonly (readonly [code: ExitCode, meaning: string])[] = [
  [ExitCode.done, 'done, or there was nothing to do'],
  [ExitCode.failed, 'the operation failed: refused, or not possible'],
  [ExitCode.wrongUsage, 'the command line is wrong; nothing was tried'],
  [ExitCode.unreachable, 'a nameserver or the running service could not be reached, or did not answer in time'],
  [ExitCode.internalFault, 'a fault of dyndns itself, or Node is too old for it'],
  [ExitCode.unconfirmed, 'it is not known whether the update took effect; a repetition does no harm'],
  [ExitCode.wrongConfiguration, 'the configuration is missing or wrong'],
];
