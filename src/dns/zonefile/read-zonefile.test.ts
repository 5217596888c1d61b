import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { entryVectors, rdataVectors } from '../../../test/vectors/dns/zonefile-records.ts';
import { className, typeName } from '../codes.ts';
import type { ResourceRecord } from '../message.ts';
import { Name } from '../name.ts';
import { rdataToText } from '../rdata.ts';
import { readRecords } from './read-zone.ts';
import type { ZonefileOptions } from './read-zonefile.ts';

const options: ZonefileOptions = { origin: Name.parse('example'), defaultTtlSeconds: 3600 };

function textOf({ name, ttl, class: dnsClass, type, rdata }: ResourceRecord): string {
  return `${name.toString()} ${ttl} ${className(dnsClass)} ${typeName(type)} ${rdataToText(rdata)}`;
}

function read(text: string | Uint8Array, more: Partial<ZonefileOptions> = {}): readonly string[] {
  const content = readRecords(text, { ...options, ...more });
  assert.equal(content.kind, 'records', JSON.stringify(content));
  return content.kind === 'records' ? content.records.map(textOf) : [];
}

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
