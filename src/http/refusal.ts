import type { LogWord } from '../observe/log.ts';
import { type CredentialIdentity, credentialLabel } from '../updates/asker.ts';
import type { Hostname } from '../updates/hostname.ts';
import type { Answer } from './answer.ts';

/** Why a request is not carried out: the word that programs match, and one sentence for people. */
export interface Refusal {
  readonly word: LogWord;
  readonly text: string;
  readonly status: number;
  readonly retryAfterSeconds?: number;
  /** For the log alone: by which credential it was asked, where that is known, as `credentialLabel` has it. */
  readonly credential?: string;
  /** For the log alone: the names that it is about. */
  readonly name?: string;
}

export function refusalAnswer(refusal: Refusal): Answer & { readonly text: string } {
  const { word, text, status, retryAfterSeconds } = refusal;
  const answer = { status, text: `${word}: ${text}\n` };
  return retryAfterSeconds === undefined ? answer : { ...answer, retryAfterSeconds };
}

export function parameterError(text: string, status = 400): Refusal {
  return { word: 'PARAMETER_ERROR', text, status };
}

export function nameError(text: string, status = 400): Refusal {
  return { word: 'DNS_NAME_ERROR', text, status };
}

export function addressError(text: string): Refusal {
  return { word: 'IP_ADDRESS_ERROR', text, status: 400 };
}

/** The same, and whose request it is, and which names it is about, for the log. */
export function refusalTo(
  { credential }: { readonly credential?: CredentialIdentity },
  refusal: Refusal,
  names: readonly Hostname[] = [],
): Refusal {
  const name = names.length === 0 ? {} : { name: names.map((each) => each.toString()).join(', ') };
  return { ...refusal, ...(credential ? { credential: credentialLabel(credential) } : {}), ...name };
}
