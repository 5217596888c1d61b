/** What stands behind a number of them, in seconds. */
const units: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

/** Longer is for ever. */
const mostSeconds = 100 * 366 * 86_400;

/** Reads `90d`, `12h`, `30m`, `45s` or `2w`. @returns seconds; undefined for what is none */
export function parseTimeSpan(text: string): number | undefined {
  const [, count = '', unit = ''] = /^(\d{1,9})([smhdw])$/i.exec(text) ?? [];
  const seconds = Number(count) * (units[unit.toLowerCase()] ?? Number.NaN);
  return seconds > 0 && seconds <= mostSeconds ? seconds : undefined;
}

/**
 * Reads when something ends: after a span of time, or with the day before a date (`2026-12-31`: at its beginning, UTC).
 *
 * @returns Unix time; undefined for what is neither
 */
export function parseEnd(text: string, nowSeconds: number): number | undefined {
  const span = parseTimeSpan(text);
  if (span !== undefined) return nowSeconds + span;
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return undefined;
  const date = new Date(`${text}T00:00:00Z`);
  // 31 February would be taken for a day in March.
  return date.toString() !== 'Invalid Date' && date.toISOString().startsWith(text) ? date.getTime() / 1000 : undefined;
}

/** As people say it: `90d`; of what is no whole number of larger units, the seconds. */
export function timeSpanText(seconds: number): string {
  for (const unit of ['w', 'd', 'h', 'm'] as const) {
    const length = units[unit]!;
    if (seconds >= length && seconds % length === 0) return `${seconds / length}${unit}`;
  }
  return `${seconds}s`;
}
