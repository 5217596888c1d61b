import type { ProcessSignals } from './command.ts';

/** The part of `process` that signals come from. */
export interface SignalSource {
  on(signal: NodeJS.Signals, listener: () => void): unknown;
  off(signal: NodeJS.Signals, listener: () => void): unknown;
}

/** Ties {@link ProcessSignals} to the signals of this process. */
export function signalsOf(source: SignalSource): ProcessSignals {
  return {
    onStop: (listener) => {
      // Both go at the first of either: whoever presses Ctrl-C twice does not want to wait any longer.
      const subscriptions = stopSignals.map((signal) =>
        subscribe(source, signal, () => {
          for (const subscription of subscriptions) subscription[Symbol.dispose]();
          listener(signal);
        }),
      );
      return {
        [Symbol.dispose]: () => {
          for (const subscription of subscriptions) subscription[Symbol.dispose]();
        },
      };
    },
    onReload: (listener) => subscribe(source, 'SIGHUP', listener),
  };
}

const stopSignals = ['SIGINT', 'SIGTERM'] as const;

function subscribe(source: SignalSource, signal: NodeJS.Signals, listener: () => void): Disposable {
  source.on(signal, listener);
  return { [Symbol.dispose]: () => source.off(signal, listener) };
}
