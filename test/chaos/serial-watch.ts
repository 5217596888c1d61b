import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';

import { Type } from '../../src/dns/codes.ts';
import type { EmbeddedService } from '../support/embedded-service.ts';
import { queryOverUdp } from '../support/udp-query.ts';

/** Asks for a zone's serial over and over, whoever is killed meanwhile. When it is disposed of, it tells whether it ever went back. */
export interface SerialWatch extends AsyncDisposable {
  /** How often an answer came. */
  readonly answers: number;
  /** Until one more answer has come, or a serial has gone back. */
  next(): Promise<void>;
}

const askEveryMs = 10;
const patienceMs = 20_000;

export function watchSerial({ dnsPort: port, zone: name }: EmbeddedService): SerialWatch {
  const over = new AbortController();
  let answers = 0;
  let highest = 0;
  const watch = async () => {
    while (!over.signal.aborted) {
      const answer = await queryOverUdp({ port, name, type: Type.SOA });
      const soa = answer?.answers[0]?.rdata;
      if (soa?.kind === 'SOA') {
        assert.ok(soa.serial >= highest, `the serial ${highest} was served, and then ${soa.serial}`);
        highest = soa.serial;
        answers += 1;
      }
      await sleep(askEveryMs);
    }
  };
  const watching = watch();
  watching.catch(() => {});
  const count = () => answers;
  return {
    get answers() {
      return answers;
    },
    next: async () => {
      const before = answers;
      const deadlineMs = performance.now() + patienceMs;
      while (count() === before) {
        assert.ok(performance.now() < deadlineMs, `no serial of ${name} within ${patienceMs} ms`);
        await Promise.race([sleep(askEveryMs), watching]);
      }
    },
    [Symbol.asyncDispose]: async () => {
      over.abort();
      await watching;
    },
  };
}
