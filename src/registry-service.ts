import { randomBytes } from 'node:crypto';

import type { Authenticator } from './access/authenticator.ts';
import { ChangeThrottle, defaultThrottleLimits } from './access/change-throttle.ts';
import { FlappingWatch } from './access/flapping.ts';
import { GuessGuard } from './access/guess-guard.ts';
import { SecretSet } from './access/secrets.ts';
import { TokenAuthenticator } from './access/token-authenticator.ts';
import { TokenDirectory } from './access/token-directory.ts';
import { ServiceRefusal } from './cli/services.ts';
import type { Config } from './config/config.ts';
import type { Log } from './observe/log.ts';
import type { Registry } from './registry/registry.ts';
import type { ConfiguredZones } from './registry/configured-zones.ts';
import type { Ledger } from './store/ledger.ts';
import { explainStoreFault, type StoreFault } from './store/store-fault.ts';
import type { Asker } from './updates/asker.ts';
import type { Clock } from './updates/clock.ts';
import type { UpdaterOptions } from './updates/updater.ts';

/**
 * Tokens, hosts and history of the service: there from when there is a database until the end, whatever is reloaded meanwhile. Without one
 * there is the administrator alone.
 */
export class RegistryService implements AsyncDisposable {
  readonly #log: Log;
  readonly #clock: Clock;
  readonly #surroundings: () => ConfiguredZones;
  /** What has been guessed from where counts over reloads. */
  readonly #guard = new GuessGuard(randomBytes(32));
  readonly #quarrels = new FlappingWatch();
  #throttle: { readonly throttle: ChangeThrottle; readonly limits: Config['throttle'] } | undefined;
  #registry: Registry | undefined;

  /** @param surroundings  those in force */
  constructor(log: Log, clock: Clock, surroundings: () => ConfiguredZones) {
    this.#log = log;
    this.#clock = clock;
    this.#surroundings = surroundings;
  }

  /** What has been spent counts over reloads, as long as the budgets stay the same. */
  fairness({ throttle: limits }: Pick<Config, 'throttle'>): Pick<UpdaterOptions, 'throttle' | 'quarrels'> {
    if (limits.burst === 0) return { quarrels: this.#quarrels };
    const isSame =
      this.#throttle?.limits.burst === limits.burst && this.#throttle.limits.burstPerName === limits.burstPerName;
    if (!this.#throttle || !isSame) {
      const throttle = new ChangeThrottle(
        (asker) => this.#namesOf(asker),
        () => this.#clock.monotonicMs(),
        { ...defaultThrottleLimits, ...limits },
      );
      this.#throttle = { throttle, limits };
    }
    return { throttle: this.#throttle.throttle, quarrels: this.#quarrels };
  }

  /** How many names a credential looks after: those that its scope lists, and those that it has made. */
  #namesOf({ credential }: Asker): number {
    if (credential.kind !== 'token' || !this.#registry) return 0;
    const listed =
      this.#registry.token(credential.id)?.scope.patterns.filter(({ kind }) => kind === 'exact').length ?? 0;
    return Math.max(listed, this.#registry.hostsMadeBy(credential.id));
  }

  /** Undefined as long as there is no database. */
  get registry(): Registry | undefined {
    return this.#registry;
  }

  /**
   * After the database has been opened.
   *
   * @throws ServiceRefusal when it cannot be read: whoever has been revoked would not be known as such
   */
  async configure(ledger: Ledger | undefined, { tokenKeyFile }: Pick<Config, 'tokenKeyFile'>): Promise<void> {
    if (this.#registry || !ledger) return;
    const { Registry: Opening } = await import('./registry/registry.ts');
    const opened = await Opening.open({
      ledger,
      keyFile: tokenKeyFile,
      surroundings: this.#surroundings,
      unixMs: () => this.#clock.unixSeconds() * 1000,
      monotonicMs: () => this.#clock.monotonicMs(),
      observer: {
        lateWritesFault: (fault) => this.#tell(fault),
        historyDropped: (entries) =>
          this.#log.write(
            'WARNING',
            `${entries} entries of the history are lost: the database took nothing for too long.`,
          ),
      },
    });
    if (opened.kind === 'failed') {
      const { cause, remedy } = explainStoreFault(opened.fault);
      throw new ServiceRefusal(`Tokens and hosts cannot be read. ${cause} ${remedy}`);
    }
    for (const warning of opened.warnings) this.#log.write('WARNING', warning);
    this.#registry = opened.registry;
  }

  authenticator({ secrets }: Pick<Config, 'secrets'>): Authenticator {
    return new TokenAuthenticator({
      secrets: new SecretSet(secrets),
      tokens: this.#registry?.directory ?? new TokenDirectory(),
      guard: this.#guard,
      clock: this.#clock,
    });
  }

  /** Before the database is closed: what waits still goes there. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#registry?.[Symbol.asyncDispose]();
  }

  #tell(fault: StoreFault | undefined): void {
    if (!fault) {
      this.#log.write('WARNING', 'Hosts, history and last uses can be written again.');
      return;
    }
    const { cause, remedy } = explainStoreFault(fault);
    this.#log.write('ERROR', `Hosts, history and last uses cannot be written; updates go on. ${cause} ${remedy}`);
  }
}
