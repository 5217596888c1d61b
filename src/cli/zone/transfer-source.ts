import { isIP } from 'node:net';
import { resolve } from 'node:path';

import { readBoundedFile } from '../../config/bounded-file.ts';
import { loneTsigKey } from '../../config/lone-tsig-key.ts';
import { Rcode } from '../../dns/codes.ts';
import type { ResourceRecord } from '../../dns/message.ts';
import type { Name } from '../../dns/name.ts';
import type { TsigKey } from '../../dns/tsig.ts';
import { ZoneCheck } from '../../dns/zonefile/zone-check.ts';
import { receiveZone, type ZoneSource } from '../../nameserver/receive-zone.ts';
import type { ReceptionFault } from '../../nameserver/zone-reception.ts';
import { systemClock as clock } from '../../updates/clock.ts';
import { ExitCode } from '../exit-code.ts';
import { type SourceRead, withPossibleTtl } from './zone-source.ts';

const dnsPort = 53;

/** `192.0.2.53`, `192.0.2.53:5300`, `2001:db8::53`, `[2001:db8::53]:5300`, `ns1.example.com:53`; undefined when it is none of these. */
export function parseTransferPlace(written: string): { readonly address: string; readonly port: number } | undefined {
  if (isIP(written) !== 0) return { address: written, port: dnsPort };
  const match = /^(?:\[(?<ipv6>[^\]]+)\]|(?<host>[A-Za-z0-9._-]+))(?::(?<port>[0-9]{1,5}))?$/.exec(written);
  const { ipv6, host, port = String(dnsPort) } = match?.groups ?? {};
  const isRight = ipv6 === undefined ? host !== undefined : isIP(ipv6) === 6;
  if (!isRight || Number(port) < 1 || Number(port) > 65_535) return undefined;
  return { address: ipv6 ?? host ?? '', port: Number(port) };
}

/** The key in a file as tsig-keygen prints it, or what is wrong with it. */
export async function readKeyFile(
  file: string,
  workingDirectory: string,
): Promise<{ readonly kind: 'key'; readonly key: TsigKey } | { readonly kind: 'wrong'; readonly text: string }> {
  const path = resolve(workingDirectory, file);
  const read = await readBoundedFile(path, { mustBeRegular: false, silenceMs: 2000 });
  if (read.kind !== 'text') return { kind: 'wrong', text: `${path} cannot be read: ${read.reason}` };
  const key = loneTsigKey(read.text);
  return typeof key === 'string' ? { kind: 'wrong', text: `${path}:${key}` } : { kind: 'key', key };
}

export interface TransferWish {
  readonly zone: Name;
  readonly address: string;
  readonly port: number;
  /** `given`: that key and no other; `tried`: where the server does not take it, without one. */
  readonly key: { readonly kind: 'given' | 'tried'; readonly key: TsigKey } | undefined;
}

/** Transfers a zone from a running nameserver. */
export async function readTransferSource({ key, ...wish }: TransferWish): Promise<SourceRead> {
  const first = await receive({ ...wish, key: key?.key });
  if (first.kind !== 'fault') return first;
  if (key?.kind !== 'tried' || (first.fault.code !== 'signature' && first.fault.code !== 'refused'))
    return failed(wish, first.fault);
  const second = await receive({ ...wish, key: undefined });
  if (second.kind === 'fault') {
    const { reason } = first.fault;
    const texts = [`With the key ${key.key.name.toString()}: ${reason}.`];
    return { ...failed(wish, second.fault), texts: [...failed(wish, second.fault).texts, ...texts] };
  }
  const warning = `the server does not take the key ${key.key.name.toString()} (${first.fault.reason}); the zone came without a signature`;
  return second.kind === 'records' ? { ...second, warnings: [warning, ...second.warnings] } : second;
}

async function receive(
  source: ZoneSource,
): Promise<SourceRead | { readonly kind: 'fault'; readonly fault: ReceptionFault }> {
  const check = new ZoneCheck(source.zone);
  const records: ResourceRecord[] = [];
  const mistakes: string[] = [];
  for await (const event of receiveZone(source, () => clock.unixSeconds())) {
    if (event.kind === 'failed') return { kind: 'fault', fault: event.fault };
    if (event.kind === 'complete') break;
    for (const record of event.records.map(withPossibleTtl)) {
      const complaint = check.add(record, { line: 0, fileName: undefined });
      if (complaint?.kind === 'mistake') mistakes.push(complaint.mistake.wrong);
      if (complaint?.isKept !== false) records.push(record);
    }
  }
  if (mistakes.length === 0) return { kind: 'records', records: check.withEqualTtls(records), warnings: [] };
  const texts = mistakes.slice(0, 20).map((wrong) => `${wrong}; put it right on the old server`);
  return { kind: 'failed', texts, exitCode: ExitCode.failed };
}

function failed(
  { zone, address, port }: Omit<TransferWish, 'key'>,
  fault: ReceptionFault,
): Extract<SourceRead, { kind: 'failed' }> {
  const isUnreachable = fault.code === 'unreachable' || fault.code === 'timed-out' || fault.code === 'closed';
  return {
    kind: 'failed',
    texts: [
      `dyndns: ${zone.toString()} could not be transferred from ${address}, port ${port}: ${fault.reason}.`,
      `${remedyOf(fault)}.`,
    ],
    exitCode: isUnreachable ? ExitCode.unreachable : ExitCode.failed,
  };
}

function remedyOf({ code, rcode }: ReceptionFault): string {
  const told = code === 'refused' && rcode !== undefined ? rcodeRemedies[rcode] : undefined;
  return told ?? remedies[code];
}

/** What servers mean by what they answer to a transfer, besides REFUSED. */
const rcodeRemedies: Readonly<Record<number, string>> = {
  [Rcode.NOTAUTH]: 'Name a server that has this zone, and see that the zone is written as it is called there',
  [Rcode.NXDOMAIN]: 'Name a server that has this zone, and see that the zone is written as it is called there',
  [Rcode.SERVFAIL]:
    'See what its log says: it has the zone and cannot serve it, for it has expired or could not be loaded; or name another server that has it',
  [Rcode.NOTIMP]: 'It makes no transfers: export the zone there into a file, and import that',
  [Rcode.FORMERR]: 'It does not understand the question: export the zone there into a file, and import that',
};

const remedies: Readonly<Record<ReceptionFault['code'], string>> = {
  unreachable: 'Name a nameserver that runs, with the port that it listens at over TCP',
  'timed-out': 'See whether a firewall drops TCP to its port, and whether it is overloaded',
  closed: 'See what its log says of the transfer',
  refused: 'Let this machine transfer the zone there (allow-transfer on BIND), or give the key that may by --key-file',
  signature: 'Give the key that may transfer the zone there by --key-file, with its name and its algorithm',
  malformed: 'Export the zone there into a file, and import that',
  'too-large': 'Export the zone there into a file, and import that',
};
