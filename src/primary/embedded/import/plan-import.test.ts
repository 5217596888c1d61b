import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';

import * as fc from 'fast-check';

import {
  addRecords,
  configure,
  contentLines,
  hostZones,
  openStore,
  origin,
  zoneOf,
} from '../../../../test/support/hosted-zones.ts';
import { hosted, importedOf, imports } from '../../../../test/support/imported-zones.ts';
import { ownedLines } from '../../../../test/support/zone-fixture.ts';
import { createTemporaryDirectory } from '../../../../test/support/temporary-directory.ts';
import { makeWillful } from '../../../../test/support/willful-store.ts';
import { readRecords } from '../../../dns/zonefile/read-zone.ts';
import { isSerialGreater } from '../../../zone/serial.ts';
import { ImportCollector } from './imported-zone.ts';

test('an import becomes the dynamic content, in one step with one serial, and is there after a start', async () => {
  await hosted(async (zones, again) => {
    const before = zoneOf(zones).serial;
    let told = 0;
    zones.get(origin.key)?.onChange(() => (told += 1));
    const report = await imports(zones, [
      'home A 192.0.2.1',
      'home A 192.0.2.2',
      '*.w TXT "a" "b"',
      'sub NS ns.sub',
      'ns.sub A 192.0.2.9',
    ]);
    assert.deepEqual([report.added, report.changed, report.removed, report.unchanged], [4, 0, 0, 0]);
    assert.equal(told, 1);
    const held = contentLines(zoneOf(zones));
    assert.ok(
      held.some((line) => line.startsWith('*.w.dyn.example. 300 TXT')),
      held.join('\n'),
    );
    assert.equal(held.length, 7);
    assert.equal(zoneOf(zones).serial, report.serialAfter);
    assert.ok(isSerialGreater(report.serialAfter, before) && isSerialGreater(report.serialAfter, 7));
    assert.equal(zoneOf(zones).differencesSince(before).kind, 'out-of-reach');
    const restarted = await again();
    assert.deepEqual(contentLines(zoneOf(restarted)), held);
    assert.equal(zoneOf(restarted).serial, report.serialAfter);
    // What was imported may be updated from then on, and followed step by step.
    assert.equal(await addRecords(restarted, ['home A 192.0.2.3']), 0);
    assert.equal(zoneOf(restarted).differencesSince(report.serialAfter).kind, 'differences');
  });
});

test('SOA, NS and static records stay as they are configured, and what differs is told', async () => {
  const statics = ['www 60 A 192.0.2.80', 'mail 60 CNAME www', 'same 60 A 192.0.2.5', 'sub 60 NS elsewhere.example.'];
  await hosted(async (zones) => {
    const before = contentLines(zoneOf(zones));
    const { warnings, added } = await imports(zones, [
      '@ NS other.example.',
      'www 60 A 192.0.2.99',
      'www TXT "beside a static one"',
      'mail A 192.0.2.1',
      'same 60 A 192.0.2.5',
      'ns1 CNAME www',
      'sub NS another.example.',
    ]);
    assert.equal(added, 1);
    assert.deepEqual(
      contentLines(zoneOf(zones)).filter((line) => !line.includes('beside')),
      before,
    );
    const wanted = [
      /^the nameservers of the zone stay as they are configured \(ns1\.dyn\.example\.\); .*\(other\.example\.\)$/,
      /^www\.dyn\.example\. A stays as it is configured at \/etc\/dyndns\.yml:4; what was imported differs$/,
      /^mail\.dyn\.example\. A stays as it is configured at \/etc\/dyndns\.yml:5/,
      /^ns1\.dyn\.example\. CNAME is left out: other records are configured at that name$/,
      /^sub\.dyn\.example\. NS stays as it is configured at \/etc\/dyndns\.yml:7/,
    ];
    assert.equal(warnings.length, wanted.length, warnings.join('\n'));
    for (const [index, pattern] of wanted.entries()) assert.match(warnings[index] ?? '', pattern);
  }, statics);
});

test('what belongs to a signed zone is left out with a warning, and a DS record of a zone below stays', async () => {
  await hosted(async (zones) => {
    const { warnings } = await imports(zones, [
      'a A 192.0.2.1',
      'a TYPE46 \\# 23 0001 08 03 0000003c 00000000 00000000 0001 00 010203 00',
      'a TYPE47 \\# 6 0161 0000 0140',
      '@ TYPE48 \\# 8 0100 03 08 01020304',
      '@ TYPE51 \\# 5 0100 0000 00',
      '@ TYPE65534 \\# 5 0800010001',
      `sub TYPE43 \\# 36 0001 08 02 ${'01'.repeat(32)}`,
      'sub NS ns.elsewhere.example.',
    ]);
    assert.match(warnings[0] ?? '', /1 RRSIG, 1 NSEC, 1 DNSKEY, 1 NSEC3PARAM, 1 TYPE65534\); take the DS records/);
    const lines = contentLines(zoneOf(zones)).join('\n');
    assert.match(lines, / DS /);
    assert.doesNotMatch(lines, / (?:RRSIG|NSEC|DNSKEY|NSEC3PARAM|TYPE65534) /);
  });
});

test('what updates have set is not overwritten without a word: refused, replaced, or merged', async () => {
  await hosted(async (zones) => {
    assert.equal(
      await addRecords(zones, ['home A 192.0.2.1', 'home TXT "mine"', 'other A 192.0.2.2', 'was CNAME home']),
      0,
    );
    const before = contentLines(zoneOf(zones));
    const lines = ['home A 203.0.113.1', 'new A 203.0.113.2', 'other CNAME home', 'was A 203.0.113.3'];
    const refused = await zones.importZone(origin, importedOf(lines), 'fresh');
    assert.ok(refused.kind === 'refused');
    assert.match(
      refused.reason,
      /^The zone dyn\.example\. holds records already .*\((?:\w+\.dyn\.example\.,? ?){3}\)\.$/,
    );
    assert.match(refused.remedy, /--replace.*--merge/);
    assert.deepEqual(contentLines(zoneOf(zones)), before);

    const merged = await imports(zones, lines, 'merge');
    assert.deepEqual([merged.added, merged.changed, merged.removed, merged.unchanged], [3, 1, 2, 1]);
    assert.deepEqual(merged.warnings, [
      'other.dyn.example. A goes, for CNAME comes to that name',
      'was.dyn.example. CNAME goes, for A comes to that name',
    ]);
    const after = contentLines(zoneOf(zones)).join('\n');
    assert.match(after, /home\.dyn\.example\. 300 A 203\.0\.113\.1/);
    assert.match(after, /home\.dyn\.example\. 60 TXT/);

    const replaced = await imports(zones, ['new A 203.0.113.2'], 'replace');
    assert.deepEqual([replaced.added, replaced.changed, replaced.removed, replaced.unchanged], [0, 0, 4, 1]);
    assert.doesNotMatch(contentLines(zoneOf(zones)).join('\n'), /home/);
  });
});

test('the same once more changes nothing, unless the serial there has gone ahead', async () => {
  await hosted(async (zones) => {
    const { serialAfter } = await imports(zones, ['home A 192.0.2.1']);
    const again = await imports(zones, ['home A 192.0.2.1'], 'replace');
    assert.equal(again.serialAfter, serialAfter);
    const ahead = await imports(zones, ['home A 192.0.2.1'], 'replace', serialAfter + 100);
    assert.equal(ahead.serialAfter, serialAfter + 101);
    assert.equal(zoneOf(zones).serial, serialAfter + 101);
  });
});

test('a serial that cannot be above both is said, and is above ours', async () => {
  await hosted(async (zones) => {
    const { serial } = zoneOf(zones);
    const { serialAfter, warnings } = await imports(zones, ['home A 192.0.2.1'], 'fresh', (serial + 0x8000_0000) >>> 0);
    assert.equal(serialAfter, serial + 1);
    assert.match(warnings[0] ?? '', /no serial is greater than both .*rndc retransfer/);
  });
});

test('what no update could make is not imported either', async () => {
  await hosted(async (zones) => {
    const lines = Array.from({ length: 101 }, (_, n) => `many A 192.0.2.${n}`);
    const outcome = await zones.importZone(origin, importedOf(lines), 'fresh');
    assert.ok(outcome.kind === 'refused');
    assert.match(outcome.reason, /many\.dyn\.example\. A has 101 records, and may have 100/);
  });
});

test('what secondaries would refuse the zone for is not imported, be it by itself or beside what is there', async () => {
  await hosted(
    async (zones) => {
      const cases: readonly (readonly [readonly string[], RegExp])[] = [
        [['*.w NS ns.other.'], /^Secondaries would refuse the zone: \*\.w\S* would be a delegation at a wildcard\.$/],
        [
          ['d DNAME other.', 'x.d A 192.0.2.1'],
          /There are names below d\S*, where a DNAME would be; x\.d\S* would stand below the DNAME at d/,
        ],
        [['held DNAME other.'], /There are names below held\S*, where a DNAME would be/],
        [
          ['x.fixed DNAME other.', 'y.x.fixed A 192.0.2.1'],
          /There are names below x\.fixed\S*, where a DNAME would be/,
        ],
      ];
      await addRecords(zones, ['x.held A 192.0.2.1']);
      for (const [lines, reason] of cases) {
        const outcome = await zones.importZone(origin, importedOf(lines), 'merge');
        assert.match(outcome.kind === 'refused' ? outcome.reason : outcome.kind, reason);
      }
      assert.equal((await imports(zones, ['d DNAME other.', 'w A 192.0.2.1'], 'merge')).added, 2);
    },
    ['x.fixed 60 A 192.0.2.1'],
  );
});

test('what would hide a static record is left out, with a warning', async () => {
  await hosted(
    async (zones) => {
      const lines = [
        'deep NS ns.other.',
        'www NS ns.other.',
        'above DNAME other.',
        '@ DNAME other.',
        'sub NS ns.other.',
      ];
      const { added, warnings } = await imports(zones, lines);
      assert.equal(added, 1);
      const hidden = warnings.map(
        (text) => /^(\S+ \S+) is left out: it would hide .* \/etc\/dyndns\.yml:\d+$/.exec(text)?.[1],
      );
      const names = ['deep.dyn.example. NS', 'www.dyn.example. NS', 'above.dyn.example. DNAME', 'dyn.example. DNAME'];
      assert.deepEqual(new Set(hidden.filter((name) => name !== undefined)), new Set(names));
      assert.deepEqual(
        contentLines(zoneOf(zones)).filter((line) => / (?:DNAME|NS ns\.other)/.test(line)),
        ['sub.dyn.example. 300 NS ns.other.'],
      );
    },
    ['a.deep 60 A 192.0.2.1', 'www 60 A 192.0.2.2', 'c.b.above 60 A 192.0.2.3'],
  );
});

test('updates and imports take turns: none of an import is seen before all of it, and nothing gets lost', async () => {
  await hosted(async (zones) => {
    const lines = Array.from({ length: 20_000 }, (_, n) => `h${n} A 192.0.2.1`);
    const seen = new Set<number>();
    const importing = imports(zones, lines, 'merge');
    const updating = Array.from({ length: 50 }, (_, n) => addRecords(zones, [`u${n} A 192.0.2.2`]));
    zones.get(origin.key)?.onChange(() => {
      const held = zoneOf(zones);
      seen.add(
        Array.from({ length: 20_000 }, (_, n) => held.records(origin.prepend(`h${n}`).key)).filter(Boolean).length,
      );
    });
    assert.equal((await importing).added, 20_000);
    assert.deepEqual(new Set(await Promise.all(updating)), new Set([0]));
    assert.ok(
      [...seen].every((count) => count === 0 || count === 20_000),
      [...seen].join(),
    );
    for (const n of [0, 25, 49]) {
      const key = origin.prepend(`u${n}`).key;
      assert.equal(ownedLines({ owner: key, records: zoneOf(zones).records(key) }).length, 1);
    }
  });
});

test('an import that fails leaves the zone as it was, and one of which nobody knows is asked for', async () => {
  await using directory = await createTemporaryDirectory('import-fates');
  await using store = makeWillful(await openStore(directory.path));
  await using zones = hostZones(store);
  await configure(zones);
  const before = zoneOf(zones);
  const held = contentLines(before);
  const lines = ['home A 192.0.2.1'];
  for (const [fate, code, isThere] of [
    ['failed', 'not-stored', false],
    ['unconfirmed, and lost', 'unconfirmed', false],
    ['unconfirmed, and kept', 'unconfirmed', true],
  ] as const) {
    store.fates.push(fate);
    const outcome = await zones.importZone(origin, importedOf(lines), 'fresh');
    assert.ok(outcome.kind === 'failed' && outcome.fault.code === code, JSON.stringify(outcome));
    // Nothing is served of what is not known; the next change finds out.
    assert.deepEqual(contentLines(zoneOf(zones)), held, fate);
    assert.equal(await addRecords(zones, [`${code} TXT "next"`]), 0);
    assert.equal(
      contentLines(zoneOf(zones)).some((line) => line.startsWith('home.')),
      isThere,
      fate,
    );
    assert.equal((await imports(zones, [], 'replace')).removed, isThere ? 2 : 1);
  }
});

test('while an import is stored, the zone answers as it was', async () => {
  await using directory = await createTemporaryDirectory('import-held');
  await using store = makeWillful(await openStore(directory.path));
  await using zones = hostZones(store);
  await configure(zones);
  const held = contentLines(zoneOf(zones));
  store.fates.push('held');
  const importing = imports(zones, ['home A 192.0.2.1']);
  await delay(20);
  assert.deepEqual(contentLines(zoneOf(zones)), held);
  store.release();
  assert.equal((await importing).added, 1);
  assert.equal(contentLines(zoneOf(zones)).length, held.length + 1);
});

test('a zone that is not hosted is not imported', async () => {
  await hosted(async (zones) => {
    const other = origin.prepend('other');
    const outcome = await zones.importZone(other, importedOf([]), 'fresh');
    assert.ok(outcome.kind === 'refused');
    assert.match(outcome.reason, /is not hosted here/);
  });
});

test('what is no zone is not collected', () => {
  const collect = (lines: readonly string[]) => {
    const read = readRecords(lines.join('\n'), { origin, defaultTtlSeconds: 60 });
    assert.ok(read.kind === 'records', JSON.stringify(read));
    const collector = new ImportCollector(origin);
    for (const record of read.records) collector.add(record);
    const collected = collector.finish();
    return collected.kind === 'invalid' ? collected.reason : 'a zone';
  };
  const soa = '@ SOA a b 1 2 3 4 5';
  assert.equal(collect([soa, 'a CNAME b']), 'a zone');
  assert.equal(collect(['a A 192.0.2.1']), 'There is no SOA record of dyn.example.');
  assert.equal(collect([soa, 'a CNAME b', 'a A 192.0.2.1']), 'a.dyn.example. has a CNAME record and others');
  assert.equal(collect([soa, 'a CNAME b', 'a CNAME c']), 'a.dyn.example. has two CNAME records, and can have one');
  assert.equal(collect([soa, 'a.example. A 192.0.2.1']), 'a.example. is outside of the zone dyn.example.');
});

test('whatever is imported in whatever order, the content is the same', () => {
  const line = fc.tuple(
    fc.constantFrom('a', 'b', 'x.y', '@'),
    fc.constantFrom('A 192.0.2.1', 'A 192.0.2.2', 'TXT "t"', 'MX 10 m'),
  );
  fc.assert(
    fc.property(fc.uniqueArray(line, { selector: String }), fc.nat(), (lines, seed) => {
      const texts = lines.map(([name, rest]) => `${name} 60 ${rest}`);
      const shuffled = texts.toSorted(
        (a, b) => ((a.length * 31 + seed) % 7) - ((b.length * 31 + seed) % 7) || (a < b ? 1 : -1),
      );
      assert.deepEqual(new Map(importedOf(shuffled).names), new Map(importedOf(texts).names));
    }),
  );
});

test('what the SOA record had elsewhere and does not have here is told', async () => {
  await hosted(async (zones) => {
    const imported = importedOf(['home A 192.0.2.1'], 7, 'admin.old.example. SERIAL 3600 900 1209600 300');
    const outcome = await zones.importZone(origin, imported, 'fresh');
    assert.ok(outcome.kind === 'imported');
    assert.deepEqual(outcome.report.warnings, [
      'the SOA record stays as the configuration makes it (RNAME hostmaster.dyn.example., there admin.old.example.; RETRY 600, there 900; MINIMUM 60, there 300)',
    ]);
  });
});

test('while a large import is worked out others have their turns, and an update waits for its own', async () => {
  await using directory = await createTemporaryDirectory('large-import');
  await using store = await openStore(directory.path);
  let turnsBefore = 0;
  let turns = 0;
  await using zones = hostZones({
    ...makeWillful(store),
    replace: (replacement) => {
      turnsBefore = turns;
      return store.replace(replacement);
    },
  });
  await configure(zones);
  const names = 50_000;
  const imported = importedOf(Array.from({ length: names }, (_, number) => `h${number} A 192.0.2.1`));
  let next = setImmediate(function takeTurn() {
    turns += 1;
    next = setImmediate(takeTurn);
  });
  const importing = zones.importZone(origin, imported, 'fresh');
  await new Promise(setImmediate);
  const updating = addRecords(zones, ['late A 192.0.2.2']);
  const outcome = await importing;
  assert.equal(await updating, 0);
  clearImmediate(next);
  assert.ok(outcome.kind === 'imported');
  assert.equal(outcome.report.added, names);
  // Hundreds of milliseconds of work, in turns of ten.
  assert.ok(turnsBefore >= 5, `${turnsBefore} turns`);
  assert.equal(contentLines(zoneOf(zones)).filter((line) => / A 192\.0\.2\.[12]$/.test(line)).length, names + 1);
});
