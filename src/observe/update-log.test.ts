import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Type } from '../dns/codes.ts';
import { type Hostname, parseHostname } from '../updates/hostname.ts';
import { administrator } from '../updates/asker.ts';
import type { NameOutcome } from '../updates/outcome.ts';
import { type LogFields, silentLog } from './log.ts';
import { Metrics } from './metrics.ts';
import { UpdateLog } from './update-log.ts';

function hostname(text: string): Hostname {
  const parsed = parseHostname(text);
  assert.ok(parsed.kind === 'hostname');
  return parsed.hostname;
}

const www = hostname('www.example.com');
const changed: NameOutcome = {
  kind: 'done',
  hostname: www,
  records: [
    { type: Type.A, before: ['192.0.2.1', '192.0.2.2'], after: ['192.0.2.3'], changed: true },
    { type: Type.AAAA, before: [], after: [], changed: false },
  ],
};
const failed: NameOutcome = {
  kind: 'failed',
  hostname: www,
  fault: { code: 'timeout', nameserver: '192.0.2.53' },
};

const asker = administrator({ kind: 'administrator' }, undefined);
const by = { credential: 'secret' };

test('a line a record, a line a fault, a line a warning', () => {
  const lines: [string, string, LogFields | undefined][] = [];
  const log = {
    write: (word: string, message: string, fields?: LogFields) => void lines.push([word, message, fields]),
    isEnabled: () => true,
  };
  const metrics = new Metrics({ version: '1', includeProcess: false });
  const observer = new UpdateLog(log, metrics);
  observer.settled({ dialect: 'seed', asker, names: [], warnings: ['it is private'] }, [changed, failed]);
  assert.deepEqual(lines, [
    ['UPDATED', 'www.example.com. A 192.0.2.1,192.0.2.2 -> 192.0.2.3', { ...by, dialect: 'seed' }],
    ['UNCHANGED', 'www.example.com. AAAA None', { ...by, dialect: 'seed' }],
    [
      'DNS_SERVER_ERROR',
      'www.example.com.: The nameserver 192.0.2.53 did not answer in time. ' +
        'See whether it is overloaded, and whether a firewall drops TCP to its port.',
      { ...by, dialect: 'seed', name: 'www.example.com.', fault: 'timeout' },
    ],
    ['WARNING', 'www.example.com., www.example.com.: it is private', { ...by, dialect: 'seed' }],
  ]);
});

test('what follows is told with its reason, and what is left alone with its own', () => {
  const lines: [string, string, LogFields | undefined][] = [];
  const log = {
    write: (word: string, message: string, fields?: LogFields) => void lines.push([word, message, fields]),
    isEnabled: () => true,
  };
  const observer = new UpdateLog(log, new Metrics({ version: '1', includeProcess: false }));
  observer.settled({ dialect: 'dyndns2', asker, names: [] }, [], {
    derived: [{ reason: 'follower', outcome: changed }],
    skipped: [{ reason: 'twin', hostname: changed.hostname, why: 'its scope does not have this name' }],
    notes: [{ hostname: changed.hostname, text: 'Two machines fight over it.' }],
  });
  assert.deepEqual(lines, [
    [
      'UPDATED',
      'www.example.com. A 192.0.2.1,192.0.2.2 -> 192.0.2.3',
      { ...by, dialect: 'dyndns2', derived: 'follower' },
    ],
    ['UNCHANGED', 'www.example.com. AAAA None', { ...by, dialect: 'dyndns2', derived: 'follower' }],
    [
      'WARNING',
      'www.example.com.: left as it is, because its scope does not have this name',
      { ...by, dialect: 'dyndns2', derived: 'twin' },
    ],
    ['WARNING', 'Two machines fight over it.', { ...by, dialect: 'dyndns2' }],
  ]);
});

test('every name is counted by its outcome', async () => {
  const metrics = new Metrics({ version: '1', includeProcess: false });
  const observer = new UpdateLog(silentLog, metrics);
  observer.settled({ dialect: 'seed', asker, names: [] }, [changed, failed, changed]);
  const text = await metrics.text();
  assert.match(text, /^dyndns_update_outcomes_total\{dialect="seed",outcome="changed"\} 2$/m);
  assert.match(text, /^dyndns_update_outcomes_total\{dialect="seed",outcome="timeout"\} 1$/m);
});
