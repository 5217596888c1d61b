import { figure, spreadText, table } from './figures.ts';
import type { Spread } from './statistics.ts';

/** What a bench is to show, and what it showed. */
export interface Goal {
  readonly title: string;
  readonly wanted: { readonly kind: 'at least' | 'at most'; readonly value: number };
  /** `×`, `MB` … */
  readonly unit: string;
  readonly measured: Spread;
}

/** The median decides. */
export function isMet({ wanted, measured }: Goal): boolean {
  return wanted.kind === 'at least' ? measured.median >= wanted.value : measured.median <= wanted.value;
}

export function goalTable(goals: readonly Goal[]): string {
  const rows = goals.map((goal) => [
    goal.title,
    `${goal.wanted.kind === 'at least' ? '≥' : '≤'} ${goal.wanted.value} ${goal.unit}`,
    spreadText(goal.measured, goal.unit),
    isMet(goal) ? 'met' : `MISSED (${figure(goal.measured.median / goal.wanted.value)} of it)`,
  ]);
  return table([['goal', 'wanted', 'measured (lowest–highest)', ''], ...rows], [0, 3]);
}
