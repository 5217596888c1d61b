import assert from 'node:assert/strict';
import { test } from 'node:test';

import * as fc from 'fast-check';

import { arbitraryMessage, arbitraryUpdate } from '../../test/support/dns-arbitraries.ts';
import { parseRecordLines } from '../../test/support/record-lines.ts';
import { arbitraryUpdateMessage, firstRecords, origin } from '../../test/support/update-arbitraries.ts';
import { UpdateModel } from '../../test/support/update-model.ts';
import { judge, makeZone, ownedLines, perform, snapshotLines, zoneLines } from '../../test/support/zone-fixture.ts';
import { Rcode } from '../dns/codes.ts';
import type { Message } from '../dns/message.ts';
import { Name } from '../dns/name.ts';
import { updateToMessage } from '../dns/update.ts';
import type { Difference } from './difference.ts';
import { unpackOwned } from './packed-owned.ts';
import { replayDifference } from './replay.ts';
import { Zone } from './zone.ts';

const messagesPerRun = 25;
const runs = 400;
const messages = fc.array(arbitraryUpdateMessage(20, true), { minLength: messagesPerRun, maxLength: messagesPerRun });

/** Rcodes that tell of the zone's data. Ours come after all faults of form, the RFC's in between. */
const dataRcodes: ReadonlySet<number> = new Set([
  Rcode.NXDOMAIN,
  Rcode.YXDOMAIN,
  Rcode.NXRRSET,
  Rcode.YXRRSET,
  Rcode.NOTAUTH,
]);

function expectedRcode(model: UpdateModel, message: Message): number {
  const rcode = model.update(message);
  return dataRcodes.has(rcode) ? (model.formFault(message) ?? rcode) : rcode;
}

test('10,000 random updates: the rcode and the zone are those of RFC 2136 §3, read literally', () => {
  const seen = new Map<number, number>();
  fc.assert(
    fc.property(messages, (updates) => {
      const zone = makeZone(origin, firstRecords);
      const model = new UpdateModel(origin, firstRecords);
      for (const message of updates) {
        const rcode = perform(zone, message);
        assert.equal(rcode, expectedRcode(model, message));
        assert.deepEqual(zoneLines(zone), model.lines());
        assert.equal(zone.serial, model.serial);
        seen.set(rcode, (seen.get(rcode) ?? 0) + 1);
      }
    }),
    { numRuns: runs },
  );
  // Every rcode that §3 knows, save that of system failure, has come up; REFUSED is for what secondaries would not take.
  const known = [0, 1, 3, 4, 5, 6, 7, 8, 9, 10];
  assert.deepEqual(
    [...seen.keys()].sort((a, b) => a - b),
    known,
  );
});

test('no message whatever makes it throw, and none that is refused changes anything', () => {
  const zone = makeZone(Name.parse('dyn.example.'), parseRecordLines(['dyn.example. SOA 1', 'dyn.example. NS ns.']));
  fc.assert(
    fc.property(fc.oneof(arbitraryUpdate.map(updateToMessage), arbitraryMessage), (message) => {
      const before = zoneLines(zone);
      if (perform(zone, message) !== Rcode.NOERROR) assert.deepEqual(zoneLines(zone), before);
    }),
    { numRuns: 500 },
  );
});

test('the journal leads from each version to each later one, and a snapshot stays what it was', () => {
  fc.assert(
    fc.property(messages, (updates) => {
      const zone = makeZone(origin, firstRecords);
      const versions: { serial: number; lines: string[]; snapshot: ReturnType<typeof zone.snapshot> }[] = [];
      const keepVersion = () => {
        if (versions.at(-1)?.serial === zone.serial) return;
        versions.push({ serial: zone.serial, lines: zoneLines(zone), snapshot: zone.snapshot() });
      };
      keepVersion();
      for (const message of updates) {
        perform(zone, message);
        keepVersion();
      }
      for (const [index, { serial, lines, snapshot }] of versions.entries()) {
        assert.deepEqual(snapshotLines(snapshot, origin), lines);
        snapshot[Symbol.dispose]();
        // Serials that updates set may come around to one that there has been: whoever holds that is taken to be at the later.
        if (versions.slice(index + 1).some((later) => later.serial === serial)) continue;
        const answer = zone.differencesSince(serial);
        if (serial === zone.serial) assert.equal(answer.kind, 'up-to-date');
        else if (answer.kind === 'differences')
          assert.deepEqual(answer.differences.reduce(replay, lines), zoneLines(zone));
        // Where the serial has come once around, the older version looks like the newer one.
        else assert.equal(answer.kind, 'up-to-date');
      }
    }),
    { numRuns: 100 },
  );
});

test('another zone that is told of the differences alone becomes the same, and can tell of them itself', () => {
  fc.assert(
    fc.property(messages, (updates) => {
      const zone = makeZone(origin, firstRecords);
      const follower = makeZone(origin, firstRecords);
      const history: Difference[] = [];
      for (const message of updates) {
        const { change } = judge(zone, message);
        if (change === undefined) continue;
        zone.apply(change);
        history.push(change.difference);
        const replayed = replayDifference(follower, change.difference);
        assert.deepEqual(replayed?.names, change.names);
        if (replayed !== undefined) follower.apply(replayed);
        assert.equal(replayDifference(follower, change.difference), undefined);
      }
      assert.deepEqual(zoneLines(follower), zoneLines(zone));
      const restarted = restart(zone, history);
      for (const { serialBefore } of history)
        assert.deepEqual(restarted.differencesSince(serialBefore), zone.differencesSince(serialBefore));
      if (history.length > 1) assert.throws(() => restart(zone, history.slice(0, -1)), /history/);
      if (history.length > 2) assert.throws(() => restart(zone, history.toSpliced(1, 1)), /history/);
    }),
    { numRuns: 100 },
  );
});

/** As from a store. */
function restart(zone: Zone, history: readonly Difference[]): Zone {
  using snapshot = zone.snapshot();
  const apex = { owner: origin.key, records: zone.records(origin.key) };
  const content = [apex, ...[...snapshot.records()].filter(({ owner }) => owner !== origin.key)];
  return new Zone(origin, content, 10_000, history);
}

function replay(lines: readonly string[], difference: Difference): string[] {
  const soaLine = (records: Difference['soaBefore']) => ownedLines({ owner: origin.key, records });
  const removed = [...[...unpackOwned(difference.removed)].flatMap(ownedLines), ...soaLine(difference.soaBefore)];
  const added = [...[...unpackOwned(difference.added)].flatMap(ownedLines), ...soaLine(difference.soaAfter)];
  for (const line of removed) assert.ok(lines.includes(line), `${line} is removed and was not there`);
  return [...lines.filter((line) => !removed.includes(line)), ...added].sort();
}
