import { packageVersion } from './cli/version.ts';
import { type Administered, carryOutOrder } from './door/carry-out-order.ts';
import { DoorDesk } from './door/door-desk.ts';
import { Door } from './door/door-server.ts';
import { defaultDoorLimits as limits } from './door/limits.ts';
import { doorPath } from './door/socket-path.ts';
import type { Log } from './observe/log.ts';
import type { ImportOutcome } from './primary/embedded/import/import-report.ts';
import { readImportText } from './primary/embedded/import/read-import-text.ts';
import type { Hosting } from './primary/embedded/hosting.ts';
import { systemClock as clock } from './updates/clock.ts';
import type { Updater } from './updates/updater.ts';

/** The door of the service, beside its database: there from when there is a database until the end. */
export class DoorService implements AsyncDisposable {
  readonly #hosting: Hosting;
  readonly #log: Log;
  readonly #updater: () => Pick<Updater, 'update'>;
  readonly #administered: () => Administered | undefined;
  #door: Door | undefined;

  /** @param updater  the one in force */
  constructor(
    hosting: Hosting,
    log: Log,
    updater: () => Pick<Updater, 'update'>,
    administered: () => Administered | undefined,
  ) {
    this.#administered = administered;
    this.#hosting = hosting;
    this.#log = log;
    this.#updater = updater;
  }

  /** After the zones: whoever hosts them owns the database. Without a door everything else works, and so the service goes on. */
  async configure(): Promise<void> {
    const { databasePath } = this.#hosting;
    if (this.#door || databasePath === undefined) return;
    const desk = new DoorDesk(
      {
        version: packageVersion(),
        update: (request) => this.#updater().update(request),
        administer: (order) => {
          const administered = this.#administered();
          return administered && carryOutOrder(order, administered, clock.unixSeconds());
        },
        importZone: async (zone, mode, text) => {
          const collected = await readImportText(text, zone);
          if (collected.kind === 'invalid')
            return {
              kind: 'refused',
              reason: `${collected.reason}.`,
              remedy: 'Correct the zone, and import it again.',
            };
          const outcome = await this.#hosting.served?.importZone(zone, collected.imported, mode);
          this.#tell(outcome);
          return outcome ?? { kind: 'refused', reason: 'No zone is hosted here any more.', remedy: 'Try again.' };
        },
        report: (error) => this.#log.write('CRITICAL', `A fault of dyndns itself: ${String(error)}`),
      },
      limits,
    );
    const opened = await Door.open({ path: doorPath(databasePath), desk, limits });
    if (opened.kind === 'open') this.#door = opened.door;
    else this.#log.write('WARNING', `Commands cannot ask this service: ${opened.reason}.`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#door?.[Symbol.asyncDispose]();
    this.#door = undefined;
  }

  #tell(outcome: ImportOutcome | undefined): void {
    if (outcome?.kind !== 'imported') return;
    const { zone, serialBefore, serialAfter, added, changed, removed } = outcome.report;
    if (serialBefore === serialAfter) return;
    const counts = `${added} RRsets added, ${changed} changed, ${removed} removed`;
    this.#log.write('UPDATED', `${zone} imported, serial ${serialBefore} -> ${serialAfter}: ${counts}`);
  }
}
