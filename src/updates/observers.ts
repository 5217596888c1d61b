import type { UpdateObserver } from './ports.ts';

/** Tells all of them, in this order. */
export function tellAll(observers: readonly UpdateObserver[]): UpdateObserver {
  return {
    settled: (request, outcomes, beside) => {
      for (const observer of observers) observer.settled(request, outcomes, beside);
    },
  };
}
