import { printable } from '../http/printable.ts';

/** A time in ISO 8601 as the clock on the wall has it, to the second. */
export function localTime(iso: string): string {
  const date = new Date(iso);
  const two = (value: number) => String(value).padStart(2, '0');
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join('-');
  return `${day} ${[date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':')}`;
}

/** What strangers may have written, so that a terminal acts on nothing in it. */
export function printableText(text: string): string {
  return printable(text, 200);
}
