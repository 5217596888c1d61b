import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';

import { Name } from '../../src/dns/name.ts';
import { openSqliteZoneStore } from '../../src/store/sqlite/sqlite-zone-store.ts';
import type { WriteResult, ZoneStore } from '../../src/store/zone-store.ts';
import { address, setTo, step, storedContent } from '../support/stored-content.ts';

/**
 * A process that commits and prints what came of it, for whoever kills it or takes its disk away. The name `h<number>` holds
 * the batch of that number and no other. Lines: `opened`, `open-failed CODE`, `NUMBER KIND CODE SERIAL`, `condition KIND`,
 * `visible NUMBER,…`, `done`.
 */
const zone = Name.parse('dyn.example');

const { values } = parseArgs({
  options: {
    database: { type: 'string', default: '' },
    first: { type: 'string', default: '1' },
    count: { type: 'string', default: '1' },
    callers: { type: 'string', default: '1' },
    'max-log-octets': { type: 'string', default: '100000000' },
    'kill-itself': { type: 'boolean', default: false },
  },
});
const count = Number(values.count);
let next = Number(values.first);
const last = next + count - 1;

const opened = await openSqliteZoneStore({
  path: values.database,
  unixSeconds: () => Math.floor(Date.now() / 1000),
  observer: { groupCommitted: () => {}, conditionChanged: ({ kind }) => console.log(`condition ${kind}`) },
  // Small, so that a short run sees the log copied and begun anew.
  checkpointPages: 12,
  maxLogOctets: Number(values['max-log-octets']),
  pace: { firstRetryMs: 5, maxRetryMs: 20, holdMs: 60 },
});
if (opened.kind === 'failed') console.log(`open-failed ${opened.fault.code}`);
else {
  console.log('opened');
  await commitAll(opened.store);
  await printVisible(opened.store);
}
console.log('done');
// Closing would tidy up what a kill leaves.
if (values['kill-itself']) process.kill(process.pid, 'SIGKILL');
setInterval(() => {}, 60_000);

async function commitAll(store: ZoneStore): Promise<void> {
  const zones = await store.zones();
  let serial = zones.kind === 'zones' ? (zones.zones[0]?.serial ?? 0) : 0;
  // Each builds on what the one before leads to; where that fails, all that follow are refused, and begin again.
  const caller = async () => {
    while (next <= last) {
      const number = next;
      next += 1;
      const before = serial;
      serial = (serial + 1) >>> 0;
      const record = address(zone.prepend(`h${number}`), number & 0xff);
      const result = await store.commit({ differences: [step(zone, before, [setTo(record)])], remembered: [] });
      console.log(`${number} ${result.kind} ${detail(result)} ${before + 1}`);
      if (result.kind === 'committed') continue;
      serial = before;
      await sleep(20);
    }
  };
  await Promise.all(Array.from({ length: Number(values.callers) }, caller));
}

async function printVisible(store: ZoneStore): Promise<void> {
  const content = await storedContent(store, zone);
  const numbers = Object.keys(content?.recordSets ?? {}).map((key) => /^h(\d+)\./.exec(key)?.[1] ?? '?');
  console.log(`visible ${numbers.join(',')}`);
}

function detail(result: WriteResult): string {
  if (result.kind === 'committed') return 'ok';
  return result.kind === 'refused' ? result.refusal.code : result.fault.code;
}
