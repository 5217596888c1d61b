import type { Sighting } from './administration.ts';
import { DocumentFields, reading, type Reading } from './document-fields.ts';

const format = 1;

/** A sighting as the database keeps it, beside the name or ID: JSON. */
export function writeSighting({ atMs, dialect, source, credential, outcome }: Sighting): Uint8Array {
  return Buffer.from(JSON.stringify({ v: format, at: atMs, dialect, source, credential, outcome }));
}

export function readSighting(body: Uint8Array): Reading<Sighting> {
  return reading(() => {
    const fields = DocumentFields.fromOctets(body, format);
    const sighting: Sighting = {
      atMs: fields.number('at'),
      dialect: fields.text('dialect'),
      source: fields.optionalText('source'),
      credential: fields.text('credential'),
      outcome: fields.oneOf('outcome', ['changed', 'unchanged', 'failed']),
    };
    fields.end();
    return sighting;
  });
}
