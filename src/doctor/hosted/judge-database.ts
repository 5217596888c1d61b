import type { DatabaseLook } from '../../store/database-look.ts';
import { sizeWords } from './explain-hosted.ts';
import type { HostedFinding } from './hosted-finding.ts';

export interface DatabaseVerdict {
  /** One sentence where all is well; absent where nothing could be seen. */
  readonly note?: string;
  readonly findings: readonly HostedFinding[];
}

/**
 * What a look at the database means.
 *
 * @param isConditionKnown  whether whoever has it open has said if it takes changes
 * @param leastFreeOctets   with less room on its disk there is a warning
 */
export function judgeDatabase(look: DatabaseLook, isConditionKnown: boolean, leastFreeOctets: number): DatabaseVerdict {
  const { path } = look;
  switch (look.kind) {
    case 'absent':
      return { findings: [{ code: 'database-absent', path }] };
    case 'hidden':
      return { findings: [{ code: 'database-hidden', path }] };
    case 'unusable':
      return { findings: [{ code: 'database-fault', fault: look.fault }] };
    case 'readable': {
      const { fault, complaints, freeOctets } = look;
      const findings: HostedFinding[] = [];
      if (fault) findings.push({ code: 'database-fault', fault });
      if (complaints && complaints.length > 0) findings.push({ code: 'database-damaged', path, complaints });
      if (freeOctets !== undefined && freeOctets < leastFreeOctets)
        findings.push({ code: 'disk-nearly-full', path, freeOctets });
      const verb = isConditionKnown ? 'takes changes' : 'can be written';
      const soundness = complaints ? 'is sound' : 'is too large to be looked through in the time for it';
      const room = freeOctets === undefined ? '' : `, and its disk has ${sizeWords(freeOctets)} free`;
      return { note: `${path} ${verb}, ${soundness}${room}.`, findings };
    }
  }
}
