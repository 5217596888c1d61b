import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { zonefileMistakes } from '../../../test/vectors/dns/zonefile-mistakes.ts';
import { entryVectors, rdataVectors } from '../../../test/vectors/dns/zonefile-records.ts';
import { Class, className, typeName } from '../codes.ts';
import type { ResourceRecord } from '../message.ts';
import { Name } from '../name.ts';
import { rdataToText } from '../rdata.ts';
import { maxEntryOctets } from './entry-scanner.ts';
import { type ZonefileMistake, mistakeText } from './mistake.ts';
import { readRecords } from './read-zone.ts';
import { type IncludedText, maxIncludeDepth, readZonefile, type ZonefileOptions } from './read-zonefile.ts';

const options: ZonefileOptions = { origin: Name.parse('example'), defaultTtlSeconds: 3600 };
const withoutTtl: ZonefileOptions = { origin: options.origin };

function textOf({ name, ttl, class: dnsClass, type, rdata }: ResourceRecord): string {
  return `${name.toString()} ${ttl} ${className(dnsClass)} ${typeName(type)} ${rdataToText(rdata)}`;
}

function read(text: string | Uint8Array, more: ZonefileOptions = options): readonly string[] {
  const content = readRecords(text, more);
  assert.equal(content.kind, 'records', JSON.stringify(content));
  return content.kind === 'records' ? content.records.map(textOf) : [];
}

function mistakesIn(text: string | Uint8Array, more: ZonefileOptions = options): readonly ZonefileMistake[] {
  const content = readRecords(text, more);
  return content.kind === 'mistakes' ? content.mistakes : [];
}

const places = (mistakes: readonly ZonefileMistake[]): readonly string[] =>
  mistakes.map(({ fileName, line, column }) => `${fileName ?? ''}:${line}:${column}`);

describe('entries', () => {
  for (const { title, text, records } of entryVectors) {
    test(title, () => {
      assert.deepEqual(read(text), records);
      assert.deepEqual(read(Buffer.from(text)), records);
    });
  }
});

describe('the data of', () => {
  for (const [written, expected] of rdataVectors) {
    test(written, () => {
      assert.deepEqual(read(`@ ${written}\n`), [`example. 3600 IN ${expected}`]);
    });
  }
});

describe('mistakes', () => {
  for (const [text, place, wrong] of zonefileMistakes) {
    test(`${JSON.stringify(text.slice(0, 60))}: ${wrong}`, () => {
      const mistakes = mistakesIn(text);
      assert.deepEqual(
        mistakes.map((mistake) => [`${mistake.line}:${mistake.column}`, mistake.wrong]),
        [[place, wrong]],
      );
      assert.ok(mistakes.every(({ remedy }) => remedy.length > 10));
    });
  }

  test('are found all at once, and the records between them too', () => {
    const text = 'a A x\nb A 192.0.2.1\n  AAAA y\n( c\nA z ) \nd TXT "\ne A 192.0.2.2\n';
    assert.deepEqual(places(mistakesIn(text)), [':1:5', ':3:8', ':5:3', ':6:7']);
    const records = readZonefile(text, options).filter((item) => item.kind === 'record');
    assert.deepEqual(
      Array.from(records, ({ line, record }) => `${line} ${record.name.toString()}`),
      ['2 b.example.', '7 e.example.'],
    );
  });

  test('end the reading when there are 20, or as many as the caller likes', () => {
    const text = 'a A x\n'.repeat(100);
    assert.equal(mistakesIn(text).length, 20);
    assert.equal(mistakesIn(text, { ...options, maxMistakes: 3 }).length, 3);
  });

  test('count characters, not octets, and lines of every kind', () => {
    assert.deepEqual(places(mistakesIn('a TXT "é€😀" b "\n')), [':1:15']);
    assert.deepEqual(places(mistakesIn('\ufeffa\r\n\r\n(\r\n"é" "\r\n)')), [':1:2', ':4:5']);
  });

  test('of a file that is no text are one', () => {
    const [mistake, ...others] = mistakesIn(Buffer.from('\ufeffa A 192.0.2.1\nb x\n', 'utf16le'));
    assert.equal(mistake?.wrong, 'This text is in UTF-16');
    assert.deepEqual(others, []);
  });

  test('are told as compilers do, without what a terminal takes for a command', () => {
    const [mistake] = mistakesIn('a A \u001b[2J\u202e\n', { ...options, fileName: 'example\u001b.zone' });
    assert.equal(
      mistake && mistakeText(mistake),
      'example\ufffd.zone:1:5: "\ufffd[2J\ufffd" is not an IPv4 address. Write four numbers from 0 to 255, such as 192.0.2.1; an IPv6 address belongs into an AAAA record.',
    );
    assert.match(mistakesIn('a MX 10').map(mistakeText).join(), /^line 1, column 8: .* 10 mail\.example\.com\.$/);
  });
});

describe('bounds', () => {
  test('data of 65,535 octets can be written in any way, and no more', () => {
    const most = `${'"\\120" '.repeat(32_767)}""`;
    assert.equal(read(`a TXT (${most})`).length, 1);
    assert.match(mistakesIn(`a TXT ${most} ""`)[0]?.wrong ?? '', /65,535 octets/);
    assert.equal(read(`a TYPE65280 \\# 65535 ${'ab'.repeat(65_535)}`).length, 1);
    assert.match(mistakesIn(`a TYPE65280 \\# 65536 ab`)[0]?.wrong ?? '', /cannot be the number of octets/);
    assert.match(mistakesIn(`a OPENPGPKEY ${'AAAA'.repeat(22_000)}`)[0]?.wrong ?? '', /more than 65,535 octets/);
  });

  test('an entry does not go on for ever', () => {
    const open = mistakesIn(`a A x\nb TXT (\n${'c A 192.0.2.1 ; d\n'.repeat(60_000)}`);
    assert.deepEqual(places(open), [':1:5', ':2:7']);
    assert.match(open[1]?.wrong ?? '', /more than 512 KiB/);
    assert.deepEqual(places(mistakesIn(`a TXT ${'x'.repeat(maxEntryOctets)}\nb A x`)), [':1:1']);
    assert.equal(read(`; ${'x'.repeat(maxEntryOctets)}\na A 192.0.2.1`).length, 1);
  });
});

describe('the TTL', () => {
  test('is the last one stated where there is no $TTL (RFC 1035 §5.1)', () => {
    assert.deepEqual(read('a 5 A 192.0.2.1\nb A 192.0.2.2\n', withoutTtl), [
      'a.example. 5 IN A 192.0.2.1',
      'b.example. 5 IN A 192.0.2.2',
    ]);
  });

  test('is the minimum of the SOA record where the file states none, with a warning', () => {
    const content = readRecords('@ SOA . . 1 2 3 4 3000000000\na A 192.0.2.1\n', withoutTtl);
    assert.deepEqual(content.kind === 'records' && content.records.map(({ ttl }) => ttl), [0x7fff_ffff, 0x7fff_ffff]);
    assert.match(content.warnings.map(({ wrong }) => wrong).join(), /minimum of its SOA record/);
  });

  test('has to come from somewhere', () => {
    assert.deepEqual(
      mistakesIn('a A 192.0.2.1\nb 5 A 192.0.2.1\n', withoutTtl).map(({ wrong }) => wrong),
      ['This record has no TTL, and none is stated before it'],
    );
  });
});

test('another class than IN is for whoever asks for it', () => {
  const chaos = { ...options, class: Class.CH };
  assert.deepEqual(read('version.bind. 0 CH TXT x\na CLASS3 NS b\na TYPE1 \\# 2 abcd', chaos), [
    'version.bind. 0 CH TXT "x"',
    'a.example. 3600 CH NS b.example.',
    'a.example. 3600 CH A \\# 2 abcd',
  ]);
  assert.match(mistakesIn('a A 192.0.2.1', chaos)[0]?.wrong ?? '', /cannot be read in a form of their own/);
});

describe('$INCLUDE', () => {
  const files: Readonly<Record<string, string>> = {
    'hosts zone': '$ORIGIN sub\na A 192.0.2.1\n$TTL 60\n',
    blank: '  A 192.0.2.9\n',
    self: 'x TXT y\n$INCLUDE self\n',
    wrong: 'a A x\n',
  };
  const include = (name: string): IncludedText => {
    const text = files[name];
    return text === undefined
      ? { kind: 'refused', wrong: `There is no ${name}`, remedy: 'Make one' }
      : { kind: 'text', text };
  };
  const including = { ...options, include, fileName: 'top' };

  test('has an origin of its own, and gives the old one back with the last owner (RFC 1035 §5.1)', () => {
    const text =
      'b A 192.0.2.2\n$INCLUDE "hosts zone" lan ; c\n  A 192.0.2.3\n$INCLUDE hosts\\032zone\nd A 192.0.2.4\n';
    assert.deepEqual(read(text, including), [
      'b.example. 3600 IN A 192.0.2.2',
      'a.sub.lan.example. 3600 IN A 192.0.2.1',
      'b.example. 60 IN A 192.0.2.3',
      'a.sub.example. 60 IN A 192.0.2.1',
      'd.example. 60 IN A 192.0.2.4',
    ]);
  });

  test('begins with the owner of the including file, as in BIND', () => {
    assert.deepEqual(read('b A 192.0.2.2\n$INCLUDE blank\n', including)[1], 'b.example. 3600 IN A 192.0.2.9');
  });

  test('mistakes are those of the file that they are in', () => {
    assert.deepEqual(places(mistakesIn('$INCLUDE wrong\n$INCLUDE none\n', including)), ['wrong:1:5', 'top:2:1']);
  });

  test('ends when it goes in circles', () => {
    const items = [...readZonefile('$INCLUDE self\n', including)];
    assert.equal(items.filter(({ kind }) => kind === 'record').length, maxIncludeDepth);
    assert.match(
      items.map((item) => (item.kind === 'mistake' ? item.mistake.wrong : '')).join(''),
      /more than 8 deep$/,
    );
    const twice = { ...options, include: () => ({ kind: 'text', text: '$INCLUDE a\n$INCLUDE b\n' }) as const };
    assert.ok(mistakesIn('$INCLUDE a\n', { ...twice, maxMistakes: 1_000_000 }).length < 2000);
  });
});
