import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';

import { Rcode, Type } from '../../src/dns/codes.ts';
import type { Message } from '../../src/dns/message.ts';
import type { EmbeddedService } from '../support/embedded-service.ts';
import { queryOverUdp } from '../support/udp-query.ts';
import { type DoorName, openDoor, type Told } from './update-doors.ts';

const answerTimeoutMs = 15_000;
const patienceMs = 20_000;
let lastNumber = 0;

/** A name that nobody has had, with addresses for it. */
function freshRequest(zone: string) {
  lastNumber += 1;
  const number = lastNumber;
  return {
    name: `fresh${number}.${zone}`,
    ipv4: `10.1.${number >> 8}.${number & 0xff}`,
    ipv6: `2001:db8::${number.toString(16)}`,
    id: number & 0xffff,
  };
}

/** @returns the name that it has now */
export async function expectChange(embedded: EmbeddedService, door: DoorName): Promise<string> {
  const request = freshRequest(embedded.zone);
  const told = await ask(embedded, door, request);
  assert.equal(told.outcome, 'updated', `${door}: ${told.text}`);
  assert.equal((await lookUp(embedded, request.name)).answers.length, 1, request.name);
  return request.name;
}

export interface TriedChange {
  readonly name: string;
  readonly told: Told;
}

/**
 * Asks for a change while the disk fails. Where it is answered as failed, or by HTTP as unconfirmed, nobody sees anything of it, neither
 * the name nor another serial, and what was there before is answered on.
 */
export async function tryChange(
  embedded: EmbeddedService,
  door: DoorName,
  where: string,
  known: string,
): Promise<TriedChange> {
  const serial = await serialOf(embedded);
  const request = freshRequest(embedded.zone);
  const told = await ask(embedded, door, request);
  if (told.outcome === 'updated') return { name: request.name, told };
  assert.match(told.text, door === 'http' ? /^503 DNS_SERVER_ERROR: / : /^(?:udp|tcp) SERVFAIL$/, where);
  await expectUnseen(embedded, request.name, where);
  assert.equal(await serialOf(embedded), serial, `${where}: the serial`);
  assert.equal((await lookUp(embedded, known)).answers.length, 1, `${where}: what was there before`);
  return { name: request.name, told };
}

export async function expectUnseen(embedded: EmbeddedService, name: string, where: string): Promise<void> {
  const { rcode } = await lookUp(embedded, name);
  assert.equal(rcode, Rcode.NXDOMAIN, `${where}: ${name}`);
}

/** When the fault is gone, changes are taken again without anybody's help. @returns the name of the first */
export async function untilChangesAreTaken(embedded: EmbeddedService, door: DoorName): Promise<string> {
  const deadlineMs = performance.now() + patienceMs;
  for (;;) {
    const request = freshRequest(embedded.zone);
    const told = await ask(embedded, door, request);
    if (told.outcome === 'updated') return request.name;
    assert.ok(performance.now() < deadlineMs, `no change is taken within ${patienceMs} ms: ${told.text}`);
    await sleep(20);
  }
}

export async function untilReady({ service }: EmbeddedService, isReady: boolean): Promise<string> {
  const deadlineMs = performance.now() + patienceMs;
  for (;;) {
    const { status, body } = await service.get('/readyz');
    if (status === (isReady ? 200 : 503)) return body;
    assert.ok(performance.now() < deadlineMs, `/readyz says ${status} ${body}`);
    await sleep(50);
  }
}

/** Lines of the log wait a moment to be written together. */
export async function untilSaid({ service }: EmbeddedService, from: number, words: RegExp): Promise<void> {
  const deadlineMs = performance.now() + patienceMs;
  while (!words.test(service.log().slice(from))) {
    assert.ok(performance.now() < deadlineMs, `${String(words)} is not said in: ${service.log().slice(from)}`);
    await sleep(20);
  }
}

export async function lookUp({ dnsPort: port }: EmbeddedService, name: string): Promise<Message> {
  const answer = await queryOverUdp({ port, name, type: Type.A, timeoutMs: answerTimeoutMs });
  assert.ok(answer, `no answer about ${name}`);
  return answer;
}

async function serialOf({ dnsPort: port, zone: name }: EmbeddedService): Promise<number> {
  const answer = await queryOverUdp({ port, name, type: Type.SOA, timeoutMs: answerTimeoutMs });
  const soa = answer?.answers[0]?.rdata;
  assert.ok(soa?.kind === 'SOA');
  return soa.serial;
}

async function ask(embedded: EmbeddedService, name: DoorName, request: ReturnType<typeof freshRequest>): Promise<Told> {
  await using door = openDoor(embedded, name, answerTimeoutMs);
  return await door.ask(request);
}
