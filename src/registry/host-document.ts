import { Name } from '../dns/name.ts';
import type { Host } from '../updates/host.ts';
import { type Hostname, parseHostname } from '../updates/hostname.ts';
import { DocumentFault, DocumentFields, reading, type Reading } from './document-fields.ts';

/** The format that is written; it rises when an older dyndns could not read what is written, or would misunderstand it. */
const format = 1;

/** A host as the database keeps it, beside its name: JSON. */
export function writeHost(host: Host): Uint8Array {
  return Buffer.from(
    JSON.stringify({
      v: format,
      // A hundred thousand hosts have none, and are read at every start.
      description: host.description || undefined,
      ttl: host.ttlSeconds,
      interfaceId: host.interfaceId && Buffer.from(host.interfaceId).toString('hex'),
      follows: host.follows?.toString(),
      expiresAfter: host.expiresAfterSeconds,
      twin: host.hasWildcardTwin || undefined,
      madeBy: host.madeBy,
      madeAt: host.madeAtSeconds,
      version: host.version,
    }),
  );
}

/** @param key  the name on the wire */
export function readHost(key: Uint8Array, body: Uint8Array): Reading<Host> {
  return reading(() => {
    const fields = DocumentFields.fromOctets(body, format);
    const follows = fields.optionalText('follows');
    const host: Host = {
      name: hostnameOfWire(key),
      description: fields.optionalText('description') ?? '',
      ttlSeconds: fields.optionalNumber('ttl'),
      interfaceId: interfaceIdOf(fields.optionalText('interfaceId')),
      follows: follows === undefined ? undefined : hostnameOf(follows),
      expiresAfterSeconds: fields.optionalNumber('expiresAfter'),
      hasWildcardTwin: fields.optionalFlag('twin'),
      madeBy: fields.optionalText('madeBy'),
      madeAtSeconds: fields.number('madeAt'),
      version: fields.number('version'),
    };
    fields.end();
    return host;
  });
}

/** @throws DocumentFault */
function hostnameOfWire(wire: Uint8Array): Hostname {
  let text: string;
  try {
    text = Name.fromWire(wire).toString();
  } catch {
    throw new DocumentFault('its key is no name');
  }
  return hostnameOf(text);
}

/** @throws DocumentFault */
function hostnameOf(text: string): Hostname {
  const verdict = parseHostname(text);
  if (verdict.kind === 'invalid') throw new DocumentFault('a name is none of a host');
  return verdict.hostname;
}

function interfaceIdOf(text: string | undefined): Uint8Array | undefined {
  if (text === undefined) return undefined;
  if (!/^[0-9a-f]{32}$/.test(text)) throw new DocumentFault('an interface ID has not 16 octets');
  return Uint8Array.from(Buffer.from(text, 'hex'));
}
