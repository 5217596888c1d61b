import { Class, Opcode, Rcode, Type, className, typeName } from './codes.ts';
import { DnsEncodeError } from './errors.ts';
import { encodeMessage, type Message, type ResourceRecord } from './message.ts';
import type { Name } from './name.ts';
import { emptyRdata, hasShape, type Rdata } from './rdata.ts';
import { isRdataOfType } from './rdata-check.ts';

/** What has to hold before an update is applied (RFC 2136 §2.4). */
export type Prerequisite =
  | { readonly kind: 'name-in-use'; readonly name: Name } // §2.4.4
  | { readonly kind: 'name-not-in-use'; readonly name: Name } // §2.4.5
  | { readonly kind: 'rrset-exists'; readonly name: Name; readonly type: number } // §2.4.1
  | {
      readonly kind: 'rrset-exists-exactly'; // §2.4.2
      readonly name: Name;
      readonly type: number;
      /** At least one. All prerequisites of this kind with one name and type are one set on the wire. */
      readonly rdatas: readonly Rdata[];
    }
  | { readonly kind: 'rrset-absent'; readonly name: Name; readonly type: number }; // §2.4.3

/** One change (RFC 2136 §2.5). They take effect in their order. */
export type UpdateOperation =
  | { readonly kind: 'add'; readonly name: Name; readonly type: number; readonly ttl: number; readonly rdata: Rdata } // §2.5.1
  | { readonly kind: 'delete-rrset'; readonly name: Name; readonly type: number } // §2.5.2
  | { readonly kind: 'delete-name'; readonly name: Name } // §2.5.3
  | { readonly kind: 'delete-record'; readonly name: Name; readonly type: number; readonly rdata: Rdata }; // §2.5.4

/** An UPDATE request as a value. `zoneClass` is IN (1) wherever this software is at home. */
export interface UpdateMessage {
  readonly id: number;
  readonly zone: Name;
  readonly zoneClass: number;
  readonly prerequisites: readonly Prerequisite[];
  readonly operations: readonly UpdateOperation[];
}

/**
 * Writes an UPDATE request, unsigned.
 *
 * Wire: the zone as one question of type SOA, prerequisites in the answer section, changes in the authority section.
 * The three delete forms have TTL 0 and class ANY (RRset, name: RDLENGTH 0) or NONE (one record).
 *
 * @throws DnsEncodeError `too-long` beyond 65535 octets; `empty-set` for an exact prerequisite without members, which
 *         would vanish from the wire; `out-of-range` or `type-mismatch` for a value without wire form
 */
export function encodeUpdate(update: UpdateMessage): Uint8Array {
  return encodeMessage(updateToMessage(update));
}

/** The UPDATE request as the message that carries it. */
export function updateToMessage(update: UpdateMessage): Message {
  return {
    id: update.id,
    qr: false,
    opcode: Opcode.UPDATE,
    aa: false,
    tc: false,
    rd: false,
    ra: false,
    ad: false,
    cd: false,
    rcode: 0,
    questions: [{ name: update.zone, type: Type.SOA, class: update.zoneClass }],
    answers: update.prerequisites.flatMap((prerequisite) => prerequisiteRecords(prerequisite, update.zoneClass)),
    authorities: update.operations.map((operation) => operationRecord(operation, update.zoneClass)),
    additionals: [],
  };
}

function prerequisiteRecords(prerequisite: Prerequisite, zoneClass: number): ResourceRecord[] {
  const { name } = prerequisite;
  switch (prerequisite.kind) {
    case 'name-in-use':
      return [{ name, type: Type.ANY, class: Class.ANY, ttl: 0, rdata: emptyRdata }];
    case 'name-not-in-use':
      return [{ name, type: Type.ANY, class: Class.NONE, ttl: 0, rdata: emptyRdata }];
    case 'rrset-exists':
      return [{ name, type: prerequisite.type, class: Class.ANY, ttl: 0, rdata: emptyRdata }];
    case 'rrset-absent':
      return [{ name, type: prerequisite.type, class: Class.NONE, ttl: 0, rdata: emptyRdata }];
    case 'rrset-exists-exactly': {
      if (prerequisite.rdatas.length === 0) {
        throw new DnsEncodeError(
          'empty-set',
          `The prerequisite on ${name.toString()} needs at least one record; an RRset is never empty`,
        );
      }
      const { type } = prerequisite;
      return prerequisite.rdatas.map((rdata) => ({ name, type, class: zoneClass, ttl: 0, rdata }));
    }
  }
}

function operationRecord(operation: UpdateOperation, zoneClass: number): ResourceRecord {
  const { name } = operation;
  switch (operation.kind) {
    case 'add':
      return { name, type: operation.type, class: zoneClass, ttl: operation.ttl, rdata: operation.rdata };
    case 'delete-rrset':
      return { name, type: operation.type, class: Class.ANY, ttl: 0, rdata: emptyRdata };
    case 'delete-name':
      return { name, type: Type.ANY, class: Class.ANY, ttl: 0, rdata: emptyRdata };
    case 'delete-record':
      return { name, type: operation.type, class: Class.NONE, ttl: 0, rdata: operation.rdata };
  }
}

/** Either the update that a message asks for, or the rcode to refuse it with and why, in words for a log. */
export type ParsedUpdate =
  | { readonly kind: 'update'; readonly update: UpdateMessage }
  | { readonly kind: 'rejected'; readonly rcode: number; readonly reason: string };

/**
 * Reads the UPDATE request out of a message, with every check that needs no zone data: the zone section (RFC 2136
 * §3.1.1), the form of the prerequisites (§3.2), and the prescan of the changes (§3.4.1). Whether the zone is ours, the
 * requester may, and the prerequisites hold, is for the caller to say. The additional section (glue, signatures) is not looked at.
 *
 * Deliberately differs: §3.4.1.2 wants FORMERR for "any unrecognized type" too; since RFC 3597 such a type is data.
 *
 * @returns `update`, or `rejected` with FORMERR, NOTZONE or NOTIMP; the first fault decides
 */
export function parseUpdate(message: Message): ParsedUpdate {
  if (message.opcode !== Opcode.UPDATE || message.qr) {
    return rejected(Rcode.FORMERR, 'The message is not an UPDATE request');
  }
  const zoneFault = zoneSectionFault(message);
  if (zoneFault !== undefined) return zoneFault;
  const { name: zone, class: zoneClass } = message.questions[0]!;
  const prerequisites = parsePrerequisites(message.answers, zone, zoneClass);
  if (prerequisites.kind === 'rejected') return prerequisites;
  const operations: UpdateOperation[] = [];
  for (const record of message.authorities) {
    const operation = parseOperation(record, zone, zoneClass);
    if (operation.kind === 'rejected') return operation;
    operations.push(operation);
  }
  const update = { id: message.id, zone, zoneClass, prerequisites: prerequisites.prerequisites, operations };
  return { kind: 'update', update };
}

type Rejection = Extract<ParsedUpdate, { kind: 'rejected' }>;

function rejected(rcode: number, reason: string): Rejection {
  return { kind: 'rejected', rcode, reason };
}

/**
 * RFC 2136 §3.1.1: exactly one zone, of type SOA. `parseUpdate` looks at it, too; whoever wants to know first whether the zone is
 * theirs, and the requester may, looks at nothing else of a stranger's message.
 *
 * Deliberately differs: a zone class of 0, ANY or NONE is FORMERR and any other than IN is NOTIMP, where the RFC's text
 * leads to NOTAUTH. BIND answers so since CVE-2026-5946; such a class would give the class tests below two meanings.
 */
export function zoneSectionFault(message: Message): Rejection | undefined {
  const zone = message.questions[0];
  if (zone === undefined || message.questions.length !== 1) {
    return rejected(Rcode.FORMERR, `The zone section has ${message.questions.length} records where one is right`);
  }
  if (zone.type !== Type.SOA)
    return rejected(Rcode.FORMERR, `The zone's type is ${typeName(zone.type)} where SOA is right`);
  if (zone.class === 0 || zone.class === Class.ANY || zone.class === Class.NONE) {
    return rejected(Rcode.FORMERR, `A zone cannot be of class ${className(zone.class)}`);
  }
  if (zone.class !== Class.IN) return rejected(Rcode.NOTIMP, `Zones of class ${className(zone.class)} are not served`);
  return undefined;
}

function parsePrerequisites(
  records: readonly ResourceRecord[],
  zone: Name,
  zoneClass: number,
): Rejection | { readonly kind: 'prerequisites'; readonly prerequisites: readonly Prerequisite[] } {
  const prerequisites: Prerequisite[] = [];
  const exactSets = new Map<string, Rdata[]>();
  for (const record of records) {
    const fault = checkPrerequisite(record, zone, zoneClass);
    if (fault !== undefined) return fault;
    const { name, type } = record;
    if (record.class === zoneClass) {
      const key = `${type} ${name.key}`;
      const set = exactSets.get(key);
      if (set !== undefined) {
        set.push(record.rdata);
        continue;
      }
      const rdatas = [record.rdata];
      exactSets.set(key, rdatas);
      prerequisites.push({ kind: 'rrset-exists-exactly', name, type, rdatas });
    } else if (record.class === Class.ANY) {
      prerequisites.push(type === Type.ANY ? { kind: 'name-in-use', name } : { kind: 'rrset-exists', name, type });
    } else {
      prerequisites.push(type === Type.ANY ? { kind: 'name-not-in-use', name } : { kind: 'rrset-absent', name, type });
    }
  }
  return { kind: 'prerequisites', prerequisites };
}

/** RFC 2136 §3.2 to §3.2.3, in the order of the pseudocode in §3.2.5. */
function checkPrerequisite(record: ResourceRecord, zone: Name, zoneClass: number): Rejection | undefined {
  if (record.ttl !== 0) return rejected(Rcode.FORMERR, `${said('prerequisite', record)} has a TTL other than 0`);
  if (!record.name.isAtOrBelow(zone))
    return rejected(Rcode.NOTZONE, `${said('prerequisite', record)} is outside the zone`);
  if (record.class === Class.ANY || record.class === Class.NONE) {
    if (!isEmpty(record.rdata)) return rejected(Rcode.FORMERR, `${said('prerequisite', record)} has RDATA`);
    return undefined;
  }
  if (record.class !== zoneClass) return rejected(Rcode.FORMERR, `${said('prerequisite', record)} is of a wrong class`);
  // Not in the RFC's text: no set of a meta type can exist, so the request makes no sense.
  if (isMetaType(record.type)) return rejected(Rcode.FORMERR, `${said('prerequisite', record)} is of no data type`);
  return rdataFault('prerequisite', record);
}

/** RFC 2136 §3.4.1 and §3.4.1.2, in the order of the pseudocode in §3.4.1.3. */
function parseOperation(record: ResourceRecord, zone: Name, zoneClass: number): UpdateOperation | Rejection {
  const { name, type, ttl, rdata } = record;
  if (!name.isAtOrBelow(zone)) return rejected(Rcode.NOTZONE, `${said('change', record)} is outside the zone`);
  if (record.class === zoneClass) {
    if (isMetaType(type)) return rejected(Rcode.FORMERR, `${said('change', record)} adds a type that is no data`);
    return rdataFault('change', record) ?? { kind: 'add', name, type, ttl, rdata };
  }
  if (record.class !== Class.ANY && record.class !== Class.NONE) {
    return rejected(Rcode.FORMERR, `${said('change', record)} is of a wrong class`);
  }
  if (ttl !== 0) return rejected(Rcode.FORMERR, `${said('change', record)} deletes with a TTL other than 0`);
  if (record.class === Class.NONE) {
    if (isMetaType(type)) return rejected(Rcode.FORMERR, `${said('change', record)} deletes a record that is no data`);
    if (isEmpty(rdata) && hasShape(type, Class.IN)) {
      return rejected(Rcode.FORMERR, `${said('change', record)} deletes a record without saying which`);
    }
    return rdataFault('change', record) ?? { kind: 'delete-record', name, type, rdata };
  }
  if (!isEmpty(rdata)) return rejected(Rcode.FORMERR, `${said('change', record)} deletes an RRset and has RDATA`);
  if (type === Type.ANY) return { kind: 'delete-name', name };
  if (isMetaType(type)) return rejected(Rcode.FORMERR, `${said('change', record)} deletes a type that is no data`);
  return { kind: 'delete-rrset', name, type };
}

/**
 * RFC 2136 §2.2: what cannot be interpreted is FORMERR. A zone with data that is not of its type would not be transferred any
 * more by those who look into it.
 */
function rdataFault(what: string, record: ResourceRecord): Rejection | undefined {
  const { type, rdata } = record;
  if (rdata.kind !== 'opaque' || isRdataOfType(type, rdata.octets)) return undefined;
  return rejected(Rcode.FORMERR, `${said(what, record)} has RDATA that is not of its type`);
}

function isEmpty(rdata: Rdata): boolean {
  return rdata.kind === 'opaque' && rdata.octets.length === 0;
}

/**
 * RFC 2136 §3.4.1.2 names ANY, AXFR, MAILA and MAILB; the others of the range 128–255 (RFC 6895 §3.1) and OPT are no
 * data either, and no server stores them.
 */
function isMetaType(type: number): boolean {
  return (type >= 128 && type <= 255) || type === Type.OPT || type === 0;
}

function said(what: string, record: ResourceRecord): string {
  return `The ${what} ${record.name.toString()} ${className(record.class)} ${typeName(record.type)}`;
}
