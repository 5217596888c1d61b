import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { arbitraryName, relatedName } from '../../test/support/dns-arbitraries.ts';
import { fromHex, readJson, readLines, toHex } from '../../test/support/vectors.ts';
import { DnsDecodeError, NameSyntaxError } from './errors.ts';
import { Name } from './name.ts';

describe('the presentation form', () => {
  for (const line of readLines('dns/names-valid.txt')) {
    const [written, expected] = line.split(/ +/) as [string, string];
    test(`${written} is ${expected}`, () => {
      assert.equal(Name.parse(written).toString(), expected);
    });
  }

  for (const line of readLines('dns/names-invalid.txt')) {
    const [, json, code, position] = /^(".*") (\S+) (\d+)$/.exec(line) as unknown as [string, string, string, string];
    test(`${json} is refused: ${code}`, () => {
      assert.throws(
        () => Name.parse(JSON.parse(json) as string),
        (error) => error instanceof NameSyntaxError && error.code === code && error.position === Number(position),
      );
    });
  }

  for (const { text, wire } of (readJson('dns/names-dnspython.json') as { cases: { text: string; wire: string }[] })
    .cases) {
    test(`dnspython agrees about ${text.slice(0, 60)}`, () => {
      const name = Name.fromWire(fromHex(wire));
      assert.equal(name.toString(), text);
      assert.equal(toHex(Name.parse(text).wire), wire);
    });
  }

  test('a name of 255 octets is the longest', () => {
    const label = 'a'.repeat(63);
    const longest = `${label}.${label}.${label}.${'b'.repeat(61)}.`;
    assert.equal(Name.parse(longest).wire.length, 255);
    assert.throws(() => Name.parse(`${label}.${label}.${label}.${'b'.repeat(62)}.`), { code: 'name-too-long' });
  });

  test('a text of any length is refused without reading all of it', () => {
    assert.throws(() => Name.parse('a.'.repeat(1_000_000)), { code: 'name-too-long' });
    assert.throws(() => Name.parse('a'.repeat(1_000_000)), { code: 'label-too-long', position: 63 });
  });

  test('what is printed is read back to the same octets', () => {
    fc.assert(
      fc.property(arbitraryName, (name) => {
        assert.deepEqual(Name.parse(name.toString()).wire, name.wire);
      }),
    );
  });

  test('any text gives a name or a NameSyntaxError', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        try {
          Name.parse(text);
        } catch (error) {
          assert.ok(error instanceof NameSyntaxError, String(error));
          assert.ok(error.position >= 0 && error.position <= text.length);
        }
      }),
    );
  });
});

describe('the wire form', () => {
  test('is read back as it was', () => {
    fc.assert(
      fc.property(arbitraryName, (name) => {
        assert.deepEqual(Name.fromWire(name.wire), name);
        assert.deepEqual(Name.fromLabels(name.labels()), name);
      }),
    );
  });

  test('is copied, not shared', () => {
    const wire = fromHex('016100');
    const name = Name.fromWire(wire);
    wire[1] = 0x62;
    assert.equal(name.toString(), 'a.');
  });

  for (const [hex, code] of [
    ['', 'truncated'],
    ['01', 'truncated'],
    ['0161', 'truncated'],
    ['01610000', 'trailing-octets'],
    ['c000', 'bad-label-type'],
    [`40${'61'.repeat(64)}00`, 'bad-label-type'],
    [`${`3f${'61'.repeat(63)}`.repeat(4)}00`, 'name-too-long'],
  ] as const) {
    test(`${hex.slice(0, 20)} is refused: ${code}`, () => {
      assert.throws(
        () => Name.fromWire(fromHex(hex)),
        (error) => error instanceof DnsDecodeError && error.code === code,
      );
    });
  }
});

describe('comparing', () => {
  test('knows no case, of ASCII letters only (RFC 4343 §3)', () => {
    assert.ok(Name.parse('Host.EXAMPLE').equals(Name.parse('hOST.example')));
    // É and é in Latin-1, [ and {: 32 apart as letters are, and not letters
    assert.ok(!Name.parse('\\201').equals(Name.parse('\\233')));
    assert.ok(!Name.parse('[').equals(Name.parse('{')));
    assert.notEqual(Name.parse('\\201').key, Name.parse('\\233').key);
  });

  test('a dot inside a label is not the dot between labels', () => {
    assert.ok(!Name.parse('a\\.b').equals(Name.parse('a.b')));
    assert.notEqual(Name.parse('a\\.b').key, Name.parse('a.b').key);
  });

  test('key, equals and compare agree', () => {
    fc.assert(
      fc.property(relatedName, relatedName, (a, b) => {
        const equal = a.equals(b);
        assert.equal(a.key === b.key, equal);
        assert.equal(Name.compare(a, b) === 0, equal);
        assert.ok(a.equals(a.toLowerCase()) && a.key === a.toLowerCase().key);
      }),
    );
  });

  test('compare is a total order', () => {
    fc.assert(
      fc.property(relatedName, relatedName, relatedName, (a, b, c) => {
        assert.equal(Math.sign(Name.compare(a, b)), 0 - Math.sign(Name.compare(b, a)));
        if (Name.compare(a, b) <= 0 && Name.compare(b, c) <= 0) assert.ok(Name.compare(a, c) <= 0);
      }),
    );
  });

  test('the example of RFC 4034 §6.1 is in its order', () => {
    const ordered = [
      'example.',
      'a.example.',
      'yljkjljk.a.example.',
      'Z.a.example.',
      'zABC.a.EXAMPLE.',
      'z.example.',
      '\\001.z.example.',
      '*.z.example.',
      '\\200.z.example.',
    ];
    const sorted = ordered.toReversed().map((text) => Name.parse(text));
    sorted.sort((a, b) => Name.compare(a, b));
    assert.deepEqual(sorted.map(String), ordered);
  });
});

describe('the tree', () => {
  test('isAtOrBelow goes label by label', () => {
    const zone = Name.parse('Example.com');
    assert.ok(Name.parse('example.COM').isAtOrBelow(zone));
    assert.ok(Name.parse('a.b.example.com').isAtOrBelow(zone));
    assert.ok(zone.isAtOrBelow(Name.root));
    assert.ok(!Name.parse('notexample.com').isAtOrBelow(zone));
    assert.ok(!Name.parse('com').isAtOrBelow(zone));
    assert.ok(!Name.root.isAtOrBelow(zone));
    // The octets of "\007example\003com\000" end this one too, but inside a label
    assert.ok(!Name.parse('x\\007example.com').isAtOrBelow(zone));
  });

  test('parent takes off what prepend put on', () => {
    fc.assert(
      fc.property(relatedName, fc.uint8Array({ minLength: 1, maxLength: 8 }), (name, label) => {
        fc.pre(name.wire.length + label.length < 255);
        const child = name.prepend(label);
        assert.deepEqual(child.parent(), name);
        assert.ok(child.isAtOrBelow(name) && !name.isAtOrBelow(child));
        assert.deepEqual(child.labels()[0], label);
      }),
    );
    assert.equal(Name.root.parent(), undefined);
  });

  test('prepend takes one label and no more', () => {
    assert.equal(Name.parse('x').prepend('_acme-challenge').toString(), '_acme-challenge.x.');
    assert.equal(Name.parse('x').prepend('a\\.b').toString(), 'a\\.b.x.');
    for (const label of ['a.b', '.', '', 'a'.repeat(64)]) {
      assert.throws(() => Name.parse('x').prepend(label), NameSyntaxError);
    }
  });

  test('only a leftmost label of one asterisk is a wildcard (RFC 4592 §2.1.1)', () => {
    assert.ok(Name.parse('*.example').isWildcard);
    for (const text of ['a.*.example', '**.example', '*a.example', '.']) assert.ok(!Name.parse(text).isWildcard);
  });

  test('there is one root', () => {
    assert.equal(Name.parse('.'), Name.root);
    assert.equal(Name.fromWire(new Uint8Array(1)), Name.root);
    assert.equal(Name.root.labelCount, 0);
    assert.equal(Name.root.toString(), '.');
  });
});
