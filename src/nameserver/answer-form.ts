import { Rcode } from '../dns/codes.ts';
import { toOpt, type Edns } from '../dns/edns.ts';
import { DnsEncodeError } from '../dns/errors.ts';
import { encodeMessage, type Message, type ResourceRecord } from '../dns/message.ts';
import { type RequestMac, signResponse, type TsigKey } from '../dns/tsig.ts';
import type { AnswerContent } from './answer-query.ts';

/** Who has signed a request, and what its answer is signed with. */
export interface Signer {
  readonly key: TsigKey;
  readonly mac: RequestMac;
}

/** How the answer to a request has to look, whatever it says. */
export interface AnswerForm {
  /** Without its TSIG record. */
  readonly request: Message;
  /** Undefined where the request has no OPT record: then the answer has none (RFC 6891 §6.1.1). */
  readonly edns: Edns | undefined;
  /** What transport, client and we ourselves allow. */
  readonly maxOctets: number;
  readonly signer: Signer | undefined;
  /** Whether the client has shown, by a cookie or a signature, that it is who it seems to be. */
  readonly isProven: boolean;
}

/** More than any algorithm that we speak needs beside the key's name: fixed fields 26, algorithm 26, MAC 64 (RFC 8945 §4.2). */
const tsigOctetsBesideName = 26 + 26 + 64;

/**
 * Writes an answer.
 *
 * What does not fit loses first what may be left out; then it becomes an answer with nothing in it and TC set, so that
 * nobody takes a part for the whole (RFC 2181 §9).
 */
export function renderAnswer(form: AnswerForm, content: AnswerContent, nowSeconds: number): Uint8Array {
  const { signer } = form;
  const unsigned = fitted(form, content);
  return signer === undefined ? unsigned : signResponse(unsigned, signer.key, signer.mac, nowSeconds).wire;
}

function fitted(form: AnswerForm, content: AnswerContent): Uint8Array {
  const { signer } = form;
  const tsigOctets = signer === undefined ? 0 : signer.key.name.wire.length + tsigOctetsBesideName;
  const maxOctets = form.maxOctets - tsigOctets;
  return (
    tryEncoding(answerMessage(form, content, content.additionals), maxOctets) ??
    (content.additionals.length > 0 ? tryEncoding(answerMessage(form, content, []), maxOctets) : undefined) ??
    encodeMessage(answerMessage(form, { ...content, isTruncated: true, answers: [], authorities: [], glue: [] }, []))
  );
}

function tryEncoding(message: Message, maxOctets: number): Uint8Array | undefined {
  try {
    return encodeMessage(message, { maxOctets });
  } catch (error) {
    if (error instanceof DnsEncodeError && error.code === 'too-long') return undefined;
    throw error;
  }
}

function answerMessage(
  { request, edns }: AnswerForm,
  { rcode, isAuthoritative, isTruncated, answers, authorities, glue }: AnswerContent,
  additionals: readonly ResourceRecord[],
): Message {
  const extendedRcode = rcode >>> 4;
  const opt = edns === undefined ? [] : [toOpt({ ...edns, extendedRcode })];
  return {
    ...answerHeader(request),
    aa: isAuthoritative,
    tc: isTruncated,
    // Without EDNS there are four bits (RFC 6891 §6.1.3), and no rcode beyond them comes up.
    rcode: rcode & 0xf,
    // More than one is a fault, and may be longer than the answer can be.
    questions: request.questions.length === 1 ? request.questions : [],
    answers,
    authorities,
    additionals: [...glue, ...additionals, ...opt],
  };
}

/** ID, opcode, RD and CD are the request's (RFC 1035 §4.1.1, RFC 4035 §3.1.6). */
function answerHeader({ id, opcode, rd, cd }: Message): Message {
  return {
    id,
    qr: true,
    opcode,
    aa: false,
    tc: false,
    rd,
    ra: false,
    ad: false,
    cd,
    rcode: Rcode.NOERROR,
    questions: [],
    answers: [],
    authorities: [],
    additionals: [],
  };
}

/** An answer of a header alone, for a request that cannot be read, or is of a kind that nobody knows here. */
export function headerAnswer(request: Uint8Array, rcode: number): Uint8Array {
  const octets = new Uint8Array(12);
  octets[0] = request[0]!;
  octets[1] = request[1]!;
  // QR; opcode and RD are the request's
  octets[2] = 0x80 | (request[2]! & 0x79);
  octets[3] = rcode;
  return octets;
}
