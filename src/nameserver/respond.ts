import { Class, Opcode, Rcode, Type } from '../dns/codes.ts';
import { type Edns, findEdns } from '../dns/edns.ts';
import { DnsDecodeError } from '../dns/errors.ts';
import { encodeMessage, headerOctets, maxMessageOctets, type Message } from '../dns/message.ts';
import { type RejectedRequest, signError, verifyRequest } from '../dns/tsig.ts';
import { unpackRecords } from '../zone/packed-records.ts';
import { type AnswerForm, headerAnswer, renderAnswer, type Signer } from './answer-form.ts';
import { type AnswerContent, answerQuery, bareContent } from './answer-query.ts';
import type { Address } from '../updates/address.ts';
import { type AddressOctets, addressOf } from './client-address.ts';
import { isDataType } from './ordinary-query.ts';
import { QuickAnswers } from './quick-answer.ts';
import { notifyRcode } from './notify-answer.ts';
import type { ServedZone, ServedZones } from './served-zones.ts';
import { answerCookieOctets, cookieOption, isCookieLength, type ServerCookies } from './server-cookies.ts';

/** What is known of a request besides its octets. */
export interface RequestFacts {
  readonly transport: 'udp' | 'tcp';
  readonly client: AddressOctets;
  /** Unix time. */
  readonly nowSeconds: number;
}

/** What a request calls for. */
export type Reaction =
  /** Nothing at all: to whatever is no request, an answer might lead to an answer, and so on. */
  | { readonly kind: 'ignore' }
  | {
      readonly kind: 'answer';
      /** They belong to the caller. */
      readonly octets: Uint8Array;
      /** Whether the client has shown that it is at its address, so that its answers need not be limited. */
      readonly isProven: boolean;
    }
  /** An UPDATE whose signature, where it has one, is right. */
  | ({ readonly kind: 'update' } & ReceivedUpdate)
  /** AXFR or IXFR over TCP, of a zone that is ours. */
  | { readonly kind: 'transfer'; readonly form: AnswerForm; readonly type: TransferType; readonly zone: ServedZone };

/** An UPDATE, and what is known of where it came from. */
export interface ReceivedUpdate {
  readonly form: AnswerForm;
  /** What the packet says. Over UDP anybody may have written it. */
  readonly source: Address;
  readonly transport: RequestFacts['transport'];
}

export type TransferType = typeof Type.AXFR | typeof Type.IXFR;

const ignore: Reaction = { kind: 'ignore' };

/**
 * Reacts to requests: octets in, octets out, and nothing of the world besides the zones. Any octets are a request that somebody
 * may send; none makes it throw.
 */
export class Responder {
  readonly #zones: ServedZones;
  readonly #cookies: ServerCookies | undefined;
  readonly #udpOctets: number;
  readonly #quickAnswers: QuickAnswers;

  /** @param udpOctets  the longest answer over UDP, at least 512 */
  constructor(zones: ServedZones, cookies: ServerCookies | undefined, udpOctets: number) {
    this.#zones = zones;
    this.#cookies = cookies;
    this.#udpOctets = udpOctets;
    this.#quickAnswers = new QuickAnswers(zones, cookies, udpOctets);
  }

  /** @param request  a whole message; not modified, and not kept unless the reaction is to come later */
  respond(request: Uint8Array, facts: RequestFacts): Reaction {
    // RFC 1035 §4.1.1: less than a header is no request, and what has QR set is an answer.
    if (request.length < headerOctets || (request[2]! & 0x80) !== 0) return ignore;
    const isUdp = facts.transport === 'udp';
    const quick = this.#quickAnswers.answer(request, isUdp, maxMessageOctets, facts.client, facts.nowSeconds);
    if (quick !== undefined) return { kind: 'answer', octets: quick.octets, isProven: quick.isProven };
    return this.respondFully(request, facts);
  }

  /** As `respond`, always by way of the codec. */
  respondFully(request: Uint8Array, facts: RequestFacts): Reaction {
    const opcode = (request[2]! >>> 3) & 0xf;
    if (opcode !== Opcode.QUERY && opcode !== Opcode.UPDATE && opcode !== Opcode.NOTIFY)
      return unproven(headerAnswer(request, Rcode.NOTIMP));
    const verdict = verifyRequest(request, (name) => this.#zones.findKey(name), facts.nowSeconds);
    switch (verdict.kind) {
      case 'malformed':
        return unproven(headerAnswer(request, verdict.rcode));
      case 'rejected':
        return unproven(rejectionAnswer(verdict, facts.nowSeconds));
      case 'unsigned':
        return this.#respondTo(verdict.message, undefined, facts);
      case 'verified':
        return this.#respondTo(verdict.message, { key: verdict.key, mac: verdict.mac }, facts);
    }
  }

  #respondTo(request: Message, signer: Signer | undefined, facts: RequestFacts): Reaction {
    const isUdp = facts.transport === 'udp';
    const plain: AnswerForm = {
      request,
      edns: undefined,
      maxOctets: isUdp ? 512 : maxMessageOctets,
      signer,
      isProven: signer !== undefined,
    };
    const edns = readEdns(request);
    if (edns === 'faulty') return answered(plain, bareContent(Rcode.FORMERR), facts);
    if (edns === undefined) return this.#dispatch(plain, facts);
    const form = this.#formWithEdns(plain, edns, isUdp);
    // RFC 6891 §6.1.3: the version is told before anything else of the request is looked at
    if (edns.version !== 0) return answered(form, bareContent(Rcode.BADVERS), facts);
    return this.#respondToCookie(form, edns, facts);
  }

  #formWithEdns(plain: AnswerForm, { dnssecOk, udpPayloadSize }: Edns, isUdp: boolean): AnswerForm {
    // DO is copied (RFC 3225 §3), options are not
    const edns: Edns = {
      udpPayloadSize: this.#udpOctets,
      version: 0,
      dnssecOk,
      extendedRcode: 0,
      options: [],
    };
    const maxOctets = isUdp ? Math.min(this.#udpOctets, Math.max(512, udpPayloadSize)) : maxMessageOctets;
    return { ...plain, edns, maxOctets };
  }

  #respondToCookie(form: AnswerForm, { options }: Edns, facts: RequestFacts): Reaction {
    const cookie = options.find(({ code }) => code === cookieOption)?.data;
    if (cookie === undefined || this.#cookies === undefined) return this.#dispatch(form, facts);
    if (!isCookieLength(cookie.length)) return answered(form, bareContent(Rcode.FORMERR), facts);
    const data = new Uint8Array(answerCookieOctets);
    const isGood = this.#cookies.answer(cookie, 0, cookie.length, facts.client, facts.nowSeconds, data, 0);
    const edns = form.edns && { ...form.edns, options: [{ code: cookieOption, data }] };
    const withCookie: AnswerForm = { ...form, edns, isProven: form.isProven || isGood };
    // RFC 7873 §5.4: without a question, it is the cookie that is asked for
    if (form.request.opcode === Opcode.QUERY && form.request.questions.length === 0)
      return answered(withCookie, bareContent(Rcode.NOERROR), facts);
    return this.#dispatch(withCookie, facts);
  }

  #dispatch(form: AnswerForm, facts: RequestFacts): Reaction {
    switch (form.request.opcode) {
      case Opcode.UPDATE:
        return { kind: 'update', form, source: addressOf(facts.client), transport: facts.transport };
      case Opcode.NOTIFY:
        return answered(form, this.#notifyAnswer(form.request), facts);
      default:
        return this.#respondToQuery(form, facts);
    }
  }

  #notifyAnswer(request: Message): AnswerContent {
    const rcode = notifyRcode(request, this.#zones);
    return bareContent(rcode, rcode === Rcode.NOERROR);
  }

  #respondToQuery(form: AnswerForm, facts: RequestFacts): Reaction {
    const [question] = form.request.questions;
    // RFC 9619 §4: more than one question is FORMERR
    if (question === undefined || form.request.questions.length !== 1)
      return answered(form, bareContent(Rcode.FORMERR), facts);
    const { type } = question;
    if (question.class !== Class.IN) return answered(form, bareContent(classRcode(question.class)), facts);
    if (type === Type.AXFR || type === Type.IXFR) return this.#respondToTransfer(form, type, facts);
    if (type === Type.ANY || isDataType(type)) return answered(form, answerQuery(this.#zones, question), facts);
    const isObsolete = type === Type.MAILA || type === Type.MAILB;
    return answered(form, bareContent(isObsolete ? Rcode.NOTIMP : Rcode.FORMERR), facts);
  }

  #respondToTransfer(form: AnswerForm, type: TransferType, facts: RequestFacts): Reaction {
    const { name } = form.request.questions[0]!;
    const zone = this.#zones.get(name.key);
    if (zone === undefined) return answered(form, bareContent(Rcode.NOTAUTH), facts);
    if (facts.transport === 'tcp') return { kind: 'transfer', form, type, zone };
    // RFC 5936 §4.2: AXFR over UDP is not defined; BIND and we call it a fault of form
    if (type === Type.AXFR) return answered(form, bareContent(Rcode.FORMERR), facts);
    // RFC 1995 §2: where the answer does not fit a packet, the server's SOA record alone tells to come again over TCP
    const answers = unpackRecords(zone.zone.soa).map(({ type: soa, ttlSeconds, rdata }) => {
      return { name, type: soa, class: Class.IN, ttl: ttlSeconds, rdata };
    });
    return answered(form, { ...bareContent(Rcode.NOERROR, true), answers }, facts);
  }
}

function isNoClass(dnsClass: number): boolean {
  return dnsClass === 0 || dnsClass === Class.ANY || dnsClass === Class.NONE;
}

/**
 * For a query of a class other than IN, as BIND has it. To version.bind and its like, of class CH, BIND says what it is; we refuse,
 * since who asks for our version has no need of it.
 */
function classRcode(dnsClass: number): number {
  if (isNoClass(dnsClass)) return Rcode.FORMERR;
  return dnsClass === Class.CH || dnsClass === Class.HS ? Rcode.REFUSED : Rcode.NOTIMP;
}

function unproven(octets: Uint8Array): Reaction {
  return { kind: 'answer', octets, isProven: false };
}

function answered(form: AnswerForm, content: AnswerContent, { nowSeconds }: RequestFacts): Reaction {
  return { kind: 'answer', octets: renderAnswer(form, content, nowSeconds), isProven: form.isProven };
}

/** Two OPT records, one in the wrong place or with an option cut off are FORMERR (RFC 6891 §6.1.1). */
function readEdns(request: Message): Edns | undefined | 'faulty' {
  try {
    return findEdns(request);
  } catch (error) {
    if (error instanceof DnsDecodeError) return 'faulty';
    throw error;
  }
}

/** RFC 8945 §5.2: a request whose TSIG does not hold is not looked into any further. */
function rejectionAnswer(rejection: RejectedRequest, nowSeconds: number): Uint8Array {
  const { message, rcode } = rejection;
  const { id, opcode, rd, questions } = message;
  const flags = { qr: true, aa: false, tc: false, rd, ra: false, ad: false, cd: false };
  const sections = { answers: [], authorities: [], additionals: [] };
  // More than one question may be longer than the answer can be; one is at most 259 octets.
  const echoed = questions.length === 1 ? questions : [];
  return signError(
    encodeMessage({ id, opcode, ...flags, rcode, questions: echoed, ...sections }),
    rejection,
    nowSeconds,
  );
}
