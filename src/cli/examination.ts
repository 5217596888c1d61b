import { hasPassed, type Report } from '../doctor/report.ts';
import { reportText } from '../doctor/report-text.ts';
import { hostedLines, seedCheckLines, warningLines } from '../doctor/seed-check-lines.ts';
import type { CliContext, Invocation } from './command.ts';
import { withConfig } from './configured.ts';
import { ExitCode } from './exit-code.ts';
import type { Output } from './output.ts';

/** Examines every zone of the configuration, and tells what was found in the way that the reader wants it. */
export async function runExamination(invocation: Invocation, context: CliContext): Promise<ExitCode> {
  return await withConfig(invocation, context, async (config) => {
    const { doctorToolsFor, examineConfig } = await import('../examine-config.ts');
    const stop = new AbortController();
    // Ctrl-C must not leave the check's record in the zone: what has been begun is put in order first.
    using _subscription = context.signals.onStop(() => stop.abort());
    const report = await examineConfig(config, doctorToolsFor(config, stop.signal));
    tell(report, invocation.switches.has('json'), context.output);
    return hasPassed(report) ? ExitCode.done : ExitCode.failed;
  });
}

function tell(report: Report, asJson: boolean, output: Output): void {
  if (asJson) output.printJson({ passed: hasPassed(report), ...report });
  else if (output.isTerminal) output.print(reportText(report, (emphasis, text) => output.paint(emphasis, text)));
  else output.print([...seedCheckLines(report), ...warningLines(report), ...hostedLines(report)].join('\n'));
}
