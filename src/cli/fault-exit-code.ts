import type { Fault } from '../updates/fault.ts';
import { ExitCode } from './exit-code.ts';

/** What a fault means to the program that started a command. */
export function faultExitCode(fault: Fault): ExitCode {
  switch (fault.code) {
    case 'unreachable':
    case 'disconnected':
    case 'timeout':
    case 'busy':
      return ExitCode.unreachable;
    case 'unconfirmed':
      return ExitCode.unconfirmed;
    case 'unknown-zone':
    case 'alias':
    case 'too-large':
    case 'static':
    case 'not-permitted':
    case 'too-many-names':
    case 'unsuitable-address':
    case 'throttled':
    case 'over-limit':
    case 'version-mismatch':
    case 'not-stored':
    case 'not-dns':
    case 'unproven':
    case 'unknown-key':
    case 'wrong-signature':
    case 'clock-skew':
    case 'refused':
    case 'not-authoritative':
    case 'not-applied':
    case 'contested':
      return ExitCode.failed;
  }
}
