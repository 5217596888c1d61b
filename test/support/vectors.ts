import { readFileSync } from 'node:fs';

/** A fixture file under test/vectors/, as JSON. The caller says what is in it. */
export function readJson(fileName: string): unknown {
  return JSON.parse(readText(fileName));
}

/** A fixture file of lines; empty ones and those that begin with "#" are left out. */
export function readLines(fileName: string): string[] {
  return readText(fileName)
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
}

/** The octets behind a string of hexadecimal digits; spaces and line ends do not count. */
export function fromHex(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text.replaceAll(/\s/g, ''), 'hex'));
}

export function toHex(octets: Uint8Array): string {
  return Buffer.from(octets).toString('hex');
}

function readText(fileName: string): string {
  return readFileSync(new URL(`../vectors/${fileName}`, import.meta.url), 'utf8');
}
