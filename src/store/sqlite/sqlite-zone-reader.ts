import { Name } from '../../dns/name.ts';
import type {
  Answer,
  IntegrityReport,
  LoadResult,
  RememberedRequest,
  StoredZone,
  ZoneReader,
  ZoneReceiver,
} from '../zone-store.ts';
import { backUp } from './back-up.ts';
import { checkIntegrity } from './check-integrity.ts';
import { checkReadable } from './open-database.ts';
import { receivePiece, receiveRemembered } from './receive-piece.ts';
import { Snapshot } from './snapshot.ts';
import { faultOf } from './sqlite-fault.ts';

/**
 * Opens a database to look at it or to copy it, also while a service changes it. It is read in the caller's own thread:
 * for commands, which have nothing else to do.
 */
export function openSqliteZoneReader(path: string): Answer<{ readonly kind: 'opened'; readonly reader: ZoneReader }> {
  const readable = checkReadable(path);
  return readable.kind === 'failed' ? readable : { kind: 'opened', reader: new SqliteZoneReader(path) };
}

class SqliteZoneReader implements ZoneReader {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  async zones(): Promise<Answer<{ readonly kind: 'zones'; readonly zones: readonly StoredZone[] }>> {
    return this.#answer(() => {
      using snapshot = new Snapshot(this.#path);
      const zones = snapshot
        .zones()
        .map(({ name, serial, isDormant }) => ({ zone: Name.fromWire(name), serial, isDormant }));
      return { kind: 'zones', zones };
    });
  }

  async load(zone: Name, receiver: ZoneReceiver): Promise<LoadResult> {
    return this.#answer(() => {
      using snapshot = new Snapshot(this.#path);
      const found = snapshot.zone(zone.toLowerCase().wire);
      if (!found) return { kind: 'unknown-zone' };
      for (const piece of snapshot.content(found.id)) receivePiece(piece, receiver);
      return { kind: 'loaded', serial: found.serial, isDormant: found.isDormant };
    });
  }

  async rememberedRequests(
    receive: (request: RememberedRequest) => void,
    atMost?: number,
  ): Promise<Answer<{ readonly kind: 'done' }>> {
    return this.#answer(() => {
      using snapshot = new Snapshot(this.#path);
      const nowSeconds = Math.floor(Date.now() / 1000);
      for (const piece of snapshot.remembered(nowSeconds, atMost)) receiveRemembered(piece, receive);
      return { kind: 'done' };
    });
  }

  backup(to: string): Promise<Answer<{ readonly kind: 'done' }>> {
    return backUp(this.#path, to);
  }

  async check(): Promise<Answer<IntegrityReport>> {
    return this.#answer(() => checkIntegrity(this.#path));
  }

  #answer<Told>(read: () => Told): Answer<Told> {
    try {
      return read();
    } catch (error) {
      const fault = faultOf(error, this.#path);
      if (!fault) throw error;
      return { kind: 'failed', fault };
    }
  }
}
