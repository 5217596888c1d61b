import { readFileSync } from 'node:fs';

/** What the whole machine did for a while, in shares of one core: with two cores they add up to 2. */
export interface MachineUse {
  readonly busyShare: number;
  /** Idle, although something could go on if the disk were faster. */
  readonly diskWaitShare: number;
  /** Taken away by the host of a virtual machine. */
  readonly stolenShare: number;
}

interface Ticks {
  readonly busy: number;
  readonly diskWait: number;
  readonly stolen: number;
}

const ticksPerSecond = 100;

/** Watches all cores together, so that what other programs did while something was measured can be told. */
export class MachineWatch {
  readonly #startedAtMs = performance.now();
  readonly #first = readTicks();

  use(): MachineUse {
    const last = readTicks();
    const ticks = ((performance.now() - this.#startedAtMs) / 1000) * ticksPerSecond;
    return {
      busyShare: (last.busy - this.#first.busy) / ticks,
      diskWaitShare: (last.diskWait - this.#first.diskWait) / ticks,
      stolenShare: (last.stolen - this.#first.stolen) / ticks,
    };
  }
}

function readTicks(): Ticks {
  return parseTicks(readFileSync('/proc/stat', 'ascii'));
}

/** proc(5), the line `cpu`: user nice system idle iowait irq softirq steal; guest time is part of user. */
export function parseTicks(text: string): Ticks {
  const [user = 0, nice = 0, system = 0, , diskWait = 0, interrupt = 0, softInterrupt = 0, stolen = 0] = (
    /^cpu +([\d ]+)$/m.exec(text)?.[1] ?? ''
  )
    .split(' ')
    .map(Number);
  return { busy: user + nice + system + interrupt + softInterrupt, diskWait, stolen };
}
