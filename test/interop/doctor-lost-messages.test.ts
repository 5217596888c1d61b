import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Class, Opcode, Rcode } from '../../src/dns/codes.ts';
import { encodeMessage, type Message } from '../../src/dns/message.ts';
import { Name } from '../../src/dns/name.ts';
import {
  type RequestMac,
  signRequest,
  signResponse,
  type TsigKey,
  verifyRequest,
  verifyResponse,
} from '../../src/dns/tsig.ts';
import { checkLabel } from '../../src/doctor/check-record.ts';
import { defaultDoctorLimits } from '../../src/doctor/limits.ts';
import { reportStatus } from '../../src/doctor/report.ts';
import { systemClock } from '../../src/updates/clock.ts';
import { makes, startNameserver } from '../support/nameserver/primary-server.ts';
import { requirePeer } from '../support/peers.ts';
import { startProxy } from '../support/proxy.ts';
import { describeZone, examine, expectFinding, expectNothingLeft, expectOnly } from './doctor-examination.ts';
import { type MeddlingProxy, startMeddlingProxy } from './doctor-meddling-proxy.ts';

/** Between the doctor and a real BIND stands something that loses messages, or changes them and knows the key. */
const zone = 'dyn.example.test';
const checkName = `${checkLabel}.${zone}`;
const limits = { ...defaultDoctorLimits, answerTimeoutMs: 400, removalMs: 400 };

function opcodeOf(wire: Uint8Array): number {
  return ((wire[2] ?? 0) >> 3) & 0xf;
}

test('the answer to the update gets lost: the record is removed all the same', async (t) => {
  if (!requirePeer(t, ...makes.bind.peers)) return;
  for (const fate of ['drop', 'cut'] as const) {
    await using nameserver = await startNameserver('bind', { zones: [{ name: zone }] });
    await using proxy = await startProxy(nameserver.port);
    let updateAnswers = 0;
    proxy.impair({ onResponse: (wire) => (opcodeOf(wire) === Opcode.UPDATE && ++updateAnswers === 1 ? fate : 'pass') });
    const report = await examine(describeZone(proxy.port, zone, nameserver.key(zone)), { limits });
    if (fate === 'drop') expectOnly(report, 'no-answer', /an update gets no answer in time/);
    else expectOnly(report, 'disconnected', /instead of answering an update/);
    assert.equal(report.steps.find(({ step }) => step === 'update')?.status, 'failed');
    assert.equal(report.steps.find(({ step }) => step === 'connection')?.status, 'passed');
    assert.equal(reportStatus({ zones: [report] }), fate === 'drop' ? 504 : 503);
    assert.ok((await nameserver.serial(zone)) > 2, 'it was written and removed');
    await expectNothingLeft(nameserver, zone);
  }
});

test('the record cannot be removed: the report names what is left', async (t) => {
  if (!requirePeer(t, ...makes.bind.peers)) return;
  await using nameserver = await startNameserver('bind', { zones: [{ name: zone }] });
  await using proxy = await startProxy(nameserver.port);
  let updates = 0;
  proxy.impair({ onRequest: (wire) => (opcodeOf(wire) === Opcode.UPDATE && ++updates > 1 ? 'drop' : 'pass') });
  const report = await examine(describeZone(proxy.port, zone, nameserver.key(zone)), { limits });
  expectOnly(
    report,
    'left-behind',
    new RegExp(`TXT "${report.content}" may still be there`),
    /update delete .* in nsupdate/,
  );
  assert.deepEqual(await nameserver.values(checkName, 'TXT'), [`"${report.content}"`]);
});

test('the nameserver dies in the middle of the check', async (t) => {
  if (!requirePeer(t, ...makes.knot.peers)) return;
  await using nameserver = await startNameserver('knot', { zones: [{ name: zone }] });
  await using proxy = await startProxy(nameserver.port);
  proxy.impair({
    onResponse: (wire) => {
      if (opcodeOf(wire) === Opcode.UPDATE) void nameserver.kill9();
      return 'pass';
    },
  });
  const report = await examine(describeZone(proxy.port, zone, nameserver.key(zone)), { limits });
  expectFinding(report, 'left-behind', /may still be there/);
  assert.equal(report.status, 'failed');
});

/** Changes every update on its way, and signs it anew; answers come back as if nothing had been changed. */
async function startUpdateChanger(
  port: number,
  key: TsigKey,
  change: (update: Message) => Message,
): Promise<MeddlingProxy> {
  const requests = new Map<
    number,
    { readonly message: Message; readonly clientMac: RequestMac; readonly ownMac: RequestMac }
  >();
  const nowSeconds = () => systemClock.unixSeconds();
  return startMeddlingProxy(port, {
    request: (wire) => {
      const verdict = verifyRequest(wire, () => key, nowSeconds());
      if (verdict.kind !== 'verified') return wire;
      const { message, mac: clientMac } = verdict;
      const changed = message.opcode === Opcode.UPDATE ? change(message) : message;
      const signed = signRequest(encodeMessage(changed), key, nowSeconds());
      requests.set(message.id, { message, clientMac, ownMac: signed.mac });
      return signed.wire;
    },
    response: (wire) => {
      const request = requests.get(((wire[0] ?? 0) << 8) | (wire[1] ?? 0));
      const verdict = request && verifyResponse(wire, key, request.ownMac, nowSeconds());
      if (!request || verdict?.kind !== 'verified') return wire;
      const answer = encodeMessage({ ...verdict.message, questions: request.message.questions });
      return signResponse(answer, key, request.clientMac, nowSeconds()).wire;
    },
  });
}

const changes: readonly {
  readonly title: string;
  readonly change: (update: Message) => Message;
  readonly code: 'update-notzone' | 'update-notauth' | 'not-applied' | 'unexpected-answer';
  readonly words: readonly RegExp[];
}[] = [
  {
    title: 'the update names another zone that exists: NOTZONE',
    change: inZone('other.test'),
    code: 'update-notzone',
    words: [/NOTZONE/, /Name the zone in the configuration just as the nameserver knows it/],
  },
  {
    title: 'the update names a zone that does not exist: NOTAUTH',
    change: inZone('absent.test'),
    code: 'update-notauth',
    words: [/NOTAUTH/, /the SOA names ns\.dyn\.example\.test\./],
  },
  {
    title: 'the update comes through empty: NOERROR and no record',
    change: (update) => ({ ...update, authorities: [] }),
    code: 'not-applied',
    words: [/answered NOERROR/, /does not show the record/],
  },
  {
    title: 'the update has a prerequisite in a wrong form: FORMERR',
    change: (update) => ({
      ...update,
      answers: update.answers.map(({ name, type, rdata }) => ({ name, type, rdata, class: Class.ANY, ttl: 7 })),
    }),
    code: 'unexpected-answer',
    words: [/answers an update for the zone .* with FORMERR/],
  },
];

function inZone(text: string): (update: Message) => Message {
  const name = Name.parse(text);
  return (update) => ({
    ...update,
    questions: update.questions.map((question) => Object.assign({}, question, { name })),
  });
}

for (const { title, change, code, words } of changes)
  test(`something between changes updates; ${title}`, async (t) => {
    if (!requirePeer(t, ...makes.bind.peers)) return;
    await using nameserver = await startNameserver('bind', { zones: [{ name: zone }, { name: 'other.test' }] });
    const description = describeZone(nameserver.port, zone, nameserver.key(zone));
    await using proxy = await startUpdateChanger(nameserver.port, description.primary.key, change);
    const own = { ...description, primary: { ...description.primary, port: proxy.port } };
    const report = await examine(own, { limits: { ...limits, appearanceMs: 200 } });
    expectOnly(report, code, ...words);
    await expectNothingLeft(nameserver, zone);
  });

test('an update is answered before it shows', async (t) => {
  if (!requirePeer(t, ...makes.bind.peers)) return;
  await using nameserver = await startNameserver('bind', { zones: [{ name: zone }] });
  const description = describeZone(nameserver.port, zone, nameserver.key(zone));
  let reads = 0;
  await using proxy = await startStaleReader(nameserver.port, description.primary.key, () => ++reads === 2);
  const report = await examine({ ...description, primary: { ...description.primary, port: proxy.port } }, { limits });
  expectOnly(report, 'applied-late', /only some time after/, /inline-signing/);
  assert.equal(report.status, 'warning');
  await expectNothingLeft(nameserver, zone);
});

/** Answers some of the questions for TXT as if there were no record, with the right signature. */
async function startStaleReader(port: number, key: TsigKey, isStale: () => boolean): Promise<MeddlingProxy> {
  const macs = new Map<number, RequestMac>();
  return startMeddlingProxy(port, {
    request: (wire) => {
      const verdict = verifyRequest(wire, () => key, systemClock.unixSeconds());
      if (verdict.kind === 'verified') macs.set(verdict.message.id, verdict.mac);
      return wire;
    },
    response: (wire) => {
      const mac = macs.get(((wire[0] ?? 0) << 8) | (wire[1] ?? 0));
      const verdict = mac && verifyResponse(wire, key, mac, systemClock.unixSeconds());
      if (!mac || verdict?.kind !== 'verified' || verdict.message.questions[0]?.type !== 16 || !isStale()) return wire;
      const answer = encodeMessage({ ...verdict.message, rcode: Rcode.NXDOMAIN, answers: [] });
      return signResponse(answer, key, mac, systemClock.unixSeconds()).wire;
    },
  });
}
