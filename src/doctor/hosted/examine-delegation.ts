import type { Name } from '../../dns/name.ts';
import { askSerial } from '../serial-question.ts';
import { askParent, type ParentTools } from './ask-parent.ts';
import { compareDelegation } from './compare-delegation.ts';
import type { HostedFinding } from './hosted-finding.ts';
import type { DescribedNameserver } from './hosted-zone-description.ts';
import type { ReferredNameserver } from './referral.ts';

export interface DelegationLook {
  /** One sentence where all is well. */
  readonly note: string;
  readonly findings: readonly HostedFinding[];
}

/** Enough to show that something is wrong. */
const maxStrangers = 8;
const maxAddresses = 4;

/** Asks the zone above which nameservers and which glue it gives for ours, and compares that with what the zone says. */
export async function examineDelegation(
  zone: Name,
  nameservers: readonly DescribedNameserver[],
  tools: ParentTools,
): Promise<DelegationLook> {
  if (zone.labelCount === 0) return { note: 'There is no zone above the root.', findings: [] };
  const word = await askParent(zone, tools);
  if (word.kind === 'not-found') return ill({ code: 'parent-not-found', reason: word.reason });
  const parent = word.parent.toString();
  if (word.kind === 'silent') return ill({ code: 'parent-silent', parent, tried: word.tried });
  const findings: HostedFinding[] = [];
  const strangers = new Map<string, ReferredNameserver>();
  for (const referral of word.referrals) {
    if (referral.kind === 'not-delegated') findings.push({ code: 'not-delegated', parent });
    else {
      findings.push(...compareDelegation({ zone, nameservers, parent }, referral.nameservers));
      for (const referred of referral.nameservers)
        if (!nameservers.some(({ name }) => name.equals(referred.name))) strangers.set(referred.name.key, referred);
    }
  }
  const lame = await Promise.all(
    [...strangers.values()].slice(0, maxStrangers).map(async (each) => await askStranger(zone, parent, each, tools)),
  );
  return {
    note: `${parent} delegates it to ${nameservers.map(({ name }) => name.toString()).join(' and ')}, as the zone has it.`,
    findings: withoutRepetition([...findings, ...lame.flat()]),
  };
}

/** Whoever is named above and not by the zone itself should at least serve it. */
async function askStranger(
  zone: Name,
  parent: string,
  { name: stranger, glue }: ReferredNameserver,
  { resolveAddresses, nameserverPort, questioning }: ParentTools,
): Promise<readonly HostedFinding[]> {
  const name = stranger.toString();
  const addresses = (glue.length > 0 ? glue : await resolveAddresses(stranger)).slice(0, maxAddresses);
  if (addresses.length === 0) return [lameness('', 'it has no address that could be found')];
  const findings = await Promise.all(
    addresses.map(async (address): Promise<HostedFinding[]> => {
      const answer = await askSerial({ address, port: nameserverPort(name, address) }, zone, questioning);
      if (answer.kind === 'serial') return [];
      return [lameness(address, answer.kind === 'lame' ? answer.answer : `it does not answer (${answer.reason})`)];
    }),
  );
  return findings.flat();

  function lameness(address: string, answer: string): HostedFinding {
    return { code: 'delegation-lame', parent, name, address, answer };
  }
}

function ill(finding: HostedFinding): DelegationLook {
  return { note: '', findings: [finding] };
}

/** The nameservers of the zone above say the same, if all is well there. */
function withoutRepetition(findings: readonly HostedFinding[]): readonly HostedFinding[] {
  return [...new Map(findings.map((finding) => [JSON.stringify(finding), finding])).values()];
}
