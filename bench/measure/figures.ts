import type { Spread } from './statistics.ts';

/** Three digits that count, thousands apart: `0.612`, `48.3`, `12,345`. */
export function figure(value: number): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : Math.abs(value) >= 1 ? 2 : 3;
  return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/** `12,345 (11,900–12,800)`. */
export function spreadText({ median, lowest, highest }: Spread, unit = ''): string {
  const suffix = unit === '' ? '' : ` ${unit}`;
  return lowest === highest
    ? `${figure(median)}${suffix}`
    : `${figure(median)}${suffix} (${figure(lowest)}–${figure(highest)})`;
}

/** A share of one core. */
export function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

/** Columns as wide as their widest cell; the first one to the left, the others to the right unless told otherwise. */
export function table(rows: readonly (readonly string[])[], leftColumns: readonly number[] = [0]): string {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  return rows
    .map((row) =>
      row
        .map((cell, column) => {
          const width = widths[column] ?? 0;
          return leftColumns.includes(column) ? cell.padEnd(width) : cell.padStart(width);
        })
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
