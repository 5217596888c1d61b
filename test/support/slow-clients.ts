import { join } from 'node:path';
import process from 'node:process';

import { Opcode, Rcode, Type } from '../../src/dns/codes.ts';
import { makeQuery } from '../../src/dns/message.ts';
import { Name } from '../../src/dns/name.ts';
import { type EmbeddedService, launchEmbedded } from './embedded-service.ts';
import { startProcess } from './process.ts';
import { parseRecordLines } from './record-lines.ts';
import { openSignedSender } from './signed-update.ts';

/** How often slow clients connected, were sent away or went, and were not let in. */
export interface SlowClientsTally {
  came: number;
  sentAway: number;
  failed: number;
}

export interface SlowClients extends AsyncDisposable {
  stop(): Promise<SlowClientsTally>;
}

/** So many that a transfer does not fit into what the kernel keeps for a client that does not read. */
const zoneNames = 200_000;
const namesAnUpdate = 500;

/** The service with a zone that takes some megabytes to transfer, which everybody here may do. */
export async function launchLargeZone(zone: string): Promise<EmbeddedService> {
  await using stack = new AsyncDisposableStack();
  const embedded = stack.use(await launchEmbedded(zone, { dns: { transfer_networks: ['127.0.0.0/8'] } }));
  await using sender = await openSignedSender(embedded.dnsPort, embedded.key());
  for (let from = 0; from < zoneNames; from += namesAnUpdate) {
    const numbers = Array.from({ length: namesAnUpdate }, (_, index) => from + index);
    const lines = numbers.map((n) => `host-${n}.${zone}. A 192.0.${(n >> 8) & 0xff}.${n & 0xff}`);
    const query = makeQuery({ id: 1, name: Name.parse(zone), type: Type.SOA });
    const { rcode } = await sender.send({ ...query, opcode: Opcode.UPDATE, authorities: parseRecordLines(lines) });
    if (rcode !== Rcode.NOERROR) throw new Error(`The zone cannot be made: rcode ${rcode}`);
  }
  stack.move();
  return embedded;
}

/**
 * Clients over TCP that cost a nameserver and want nothing of it: a fifth each says nothing, half a length, half a message, an octet a
 * second, or wants the zone and does not read it. All come again a second after they were sent away.
 *
 * @param addresses  how many they have together; 0: that of everybody else, 127.0.0.1
 */
export function startSlowClients({ dnsPort, zone }: EmbeddedService, clients: number, addresses: number): SlowClients {
  const script = join(import.meta.dirname, 'slow-clients-process.ts');
  const running = startProcess({
    title: 'the slow clients',
    command: process.execPath,
    args: [script, String(dnsPort), zone, String(clients), String(addresses)],
  });
  const stop = async () => {
    const { exitCode } = await running.stop();
    if (exitCode !== 0) throw new Error(`the slow clients ended with ${exitCode}; they said:\n${running.output()}`);
    return JSON.parse(running.output()) as SlowClientsTally;
  };
  return { stop, [Symbol.asyncDispose]: () => running[Symbol.asyncDispose]() };
}
