import { rm, stat } from 'node:fs/promises';

import { Type } from '../dns/codes.ts';
import type { Name } from '../dns/name.ts';
import { fromStoredRecordSet, toStoredContent } from '../primary/embedded/stored-records.ts';
import { exchangeDatabase, holdDatabase, replacementPath } from '../store/sqlite/exchange-database.ts';
import { otherUserFault } from '../store/other-user.ts';
import { realDatabasePath } from '../store/real-path.ts';
import { openSqliteZoneReader } from '../store/sqlite/sqlite-zone-reader.ts';
import { openSqliteZoneStore } from '../store/sqlite/sqlite-zone-store.ts';
import { explainStoreFault, type StoreFault } from '../store/store-fault.ts';
import type {
  RememberedRequest,
  StoredRecordSet,
  StoredZone,
  WriteResult,
  ZoneReader,
  ZoneStore,
} from '../store/zone-store.ts';
import type { Clock } from '../updates/clock.ts';
import type { NameKey } from '../zone/name-key.ts';
import { isSerialGreater } from '../zone/serial.ts';
import { withSerial } from '../zone/soa.ts';
import { type VerifiedCopy, verifyDatabase } from './back-up-database.ts';
import { type KnownSerial, type RestoredSerial, restoredSerial } from './restored-serial.ts';

export interface RestoreWish {
  /** The backup. */
  readonly from: string;
  /** The database that it is to become. Its directory is there. */
  readonly path: string;
  readonly forcedSerials: ReadonlyMap<NameKey, number>;
  /** What secondaries have of the zones, as far as they say. */
  readonly askSecondaries: (zones: readonly Name[]) => Promise<SecondariesSay>;
  readonly clock: Clock;
}

export interface SecondariesSay {
  readonly serials: ReadonlyMap<NameKey, readonly KnownSerial[]>;
  /** Whether all that may follow a zone have told. */
  readonly isComplete: boolean;
}

export interface RestoredZone extends RestoredSerial {
  readonly zone: Name;
  readonly serialInBackup: number;
  readonly isDormant: boolean;
}

/** The database that was there: gone through, or unreadable, for this reason; or there was none. */
export type ReplacedDatabase =
  | { readonly kind: 'none' }
  | { readonly kind: 'read'; readonly missingZones: readonly Name[] }
  | { readonly kind: 'unreadable'; readonly cause: string };

export type RestoreOutcome =
  | {
      readonly kind: 'restored';
      readonly copy: VerifiedCopy;
      readonly zones: readonly RestoredZone[];
      readonly replaced: ReplacedDatabase;
      readonly keptAs: string | undefined;
    }
  /** Nothing was changed. */
  | { readonly kind: 'refused'; readonly reason: string; readonly remedy: string }
  | { readonly kind: 'failed'; readonly fault: StoreFault };

/**
 * Puts a backup in the place of the database.
 *
 * It is made ready beside the database, with serials that secondaries take for newer and journals that begin anew, since there is no
 * way from what they have to what they get that could be told; and then takes its place in one step. A kill at any moment
 * leaves the one or the other, whole.
 */
export async function restoreDatabase(asked: RestoreWish): Promise<RestoreOutcome> {
  const wish = { ...asked, path: realDatabasePath(asked.path) };
  const { from, path } = wish;
  if ((await stat(from).catch(() => undefined))?.isDirectory() === true) {
    const remedy = `Name a file in it that "dyndns backup" has written.`;
    return { kind: 'refused', reason: `${from} is a directory.`, remedy };
  }
  const verified = await verifyDatabase(from);
  if (verified.kind === 'failed') {
    const { cause, remedy } = explainStoreFault(verified.fault);
    const isNewer = verified.fault.code === 'newer';
    return {
      kind: 'refused',
      reason: cause,
      remedy: isNewer ? remedy : 'Name a file that "dyndns backup" has written.',
    };
  }
  if (verified.kind === 'damaged') {
    const remedy = 'Take another backup.';
    return { kind: 'refused', reason: `${from} is damaged: ${verified.complaints.join('; ')}.`, remedy };
  }
  if (await isSameFile(from, path))
    return { kind: 'refused', reason: `${from} is the database itself.`, remedy: 'Name a backup of it.' };
  const forbidden = otherUserFault(path, 'change');
  if (forbidden) return { kind: 'failed', fault: forbidden };
  const held = holdDatabase(path);
  if (held.kind === 'failed') return held;
  try {
    return await replace(wish, verified.copy);
  } finally {
    await rm(replacementPath(path), { force: true });
    held.lock.close();
  }
}

async function replace(wish: RestoreWish, copy: VerifiedCopy): Promise<RestoreOutcome> {
  const { from, path, clock } = wish;
  const old = await readOld(path);
  if (old.kind === 'foreign') return { kind: 'failed', fault: old.fault };
  const reader = openSqliteZoneReader(from);
  const copied = reader.kind === 'failed' ? reader : await reader.reader.backup(replacementPath(path));
  if (copied.kind === 'failed') return copied;
  const readied = await makeReady(wish, old, copy);
  if (readied.kind === 'failed') return readied;
  const stamp = new Date(clock.unixSeconds() * 1000).toISOString().replaceAll(/[-:]|\.\d+/g, '');
  const exchanged = exchangeDatabase(path, stamp);
  if (exchanged.kind === 'failed') return exchanged;
  const { zones } = readied;
  return { kind: 'restored', copy, zones, replaced: replacedBy(old, zones), keptAs: exchanged.keptAs };
}

type OldDatabase =
  | { readonly kind: 'none' }
  | {
      readonly kind: 'read';
      readonly zones: readonly StoredZone[];
      readonly remembered: readonly RememberedRequest[];
    }
  | { readonly kind: 'unreadable'; readonly cause: string }
  /** Another program's, or of a version that we do not know: nothing of ours to replace. */
  | { readonly kind: 'foreign'; readonly fault: StoreFault };

async function readOld(path: string): Promise<OldDatabase> {
  if ((await stat(path)).size === 0) return { kind: 'none' };
  const opened = openSqliteZoneReader(path);
  if (opened.kind === 'failed') {
    const { fault } = opened;
    if (fault.code === 'foreign' || fault.code === 'newer') return { kind: 'foreign', fault };
    return { kind: 'unreadable', cause: explainStoreFault(fault).cause };
  }
  const { reader } = opened;
  const listed = await reader.zones();
  const remembered = await rememberedIn(reader);
  if (listed.kind === 'failed') return { kind: 'unreadable', cause: explainStoreFault(listed.fault).cause };
  return { kind: 'read', zones: listed.zones, remembered };
}

/** What cannot be read any more is not remembered. */
async function rememberedIn(reader: ZoneReader): Promise<readonly RememberedRequest[]> {
  const requests: RememberedRequest[] = [];
  await reader.rememberedRequests((request) => void requests.push(request));
  return requests;
}

function replacedBy(old: OldDatabase, zones: readonly RestoredZone[]): ReplacedDatabase {
  if (old.kind !== 'read') return old.kind === 'unreadable' ? old : { kind: 'none' };
  const restored = new Set(zones.map(({ zone }) => zone.key));
  return { kind: 'read', missingZones: old.zones.map(({ zone }) => zone).filter(({ key }) => !restored.has(key)) };
}

type Readied =
  | { readonly kind: 'ready'; readonly zones: readonly RestoredZone[] }
  | { readonly kind: 'failed'; readonly fault: StoreFault };

/** Raises the serials of the replacement, and remembers in it which signed requests were carried out. */
async function makeReady(wish: RestoreWish, old: OldDatabase, { writtenAt }: VerifiedCopy): Promise<Readied> {
  const path = replacementPath(wish.path);
  const opened = await openSqliteZoneStore({ path, unixSeconds: () => wish.clock.unixSeconds() });
  if (opened.kind === 'failed') return opened;
  await using store = opened.store;
  const listed = await store.zones();
  if (listed.kind === 'failed') return listed;
  const atSecondaries = await wish.askSecondaries(
    listed.zones.filter(({ isDormant }) => !isDormant).map(({ zone }) => zone),
  );
  const nowSeconds = wish.clock.unixSeconds();
  const secondsSince = nowSeconds - Math.floor(writtenAt.getTime() / 1000);
  const zones: RestoredZone[] = [];
  for (const stored of listed.zones) {
    const { zone, serial: serialInBackup, isDormant } = stored;
    const before = old.kind === 'read' ? old.zones.find((each) => each.zone.key === zone.key) : undefined;
    const restored = restoredSerial(
      [
        { serial: serialInBackup, holder: 'the backup' },
        ...(before ? [{ serial: before.serial, holder: 'the database before' }] : []),
        ...(atSecondaries.serials.get(zone.key) ?? []),
      ],
      nowSeconds,
      {
        unheard:
          // Whatever a secondary has, it has from the database before, unless that was begun anew since the backup.
          (before && !isSerialGreater(serialInBackup, before.serial)) ||
          // Nobody is asked for a dormant zone.
          (atSecondaries.isComplete && !isDormant)
            ? undefined
            : { serialInBackup, secondsSince },
        forced: wish.forcedSerials.get(zone.key),
      },
    );
    const result = await raiseSerial(store, stored, restored.serial);
    if (result.kind !== 'committed') return { kind: 'failed', fault: faultIn(result, path) };
    zones.push({ zone, serialInBackup, isDormant, ...restored });
  }
  const result = await remember(store, old);
  return result.kind === 'committed' ? { kind: 'ready', zones } : { kind: 'failed', fault: faultIn(result, path) };
}

/** In a commit of its own, with a journal that begins anew. A dormant zone is woken up for it. */
async function raiseSerial(
  store: ZoneStore,
  { zone, serial, isDormant }: StoredZone,
  to: number,
): Promise<WriteResult> {
  if (isDormant) await store.setDormant(zone, false);
  const soa = await readSoa(store, zone);
  const content = toStoredContent(withSerial(fromStoredRecordSet(soa), to), soa.origin);
  const { owner, type } = soa;
  const recordSets = [{ owner, type, content }];
  const result = await store.commit({
    differences: [{ zone, serialBefore: serial, serialAfter: to, recordSets, journal: { kind: 'restart' } }],
    remembered: [],
  });
  if (isDormant) await store.setDormant(zone, true);
  return result;
}

async function readSoa(store: ZoneReader, zone: Name): Promise<StoredRecordSet> {
  let soa: StoredRecordSet | undefined;
  await store.load(zone, {
    recordSet: (set) => {
      if (set.type === Type.SOA) soa = { ...set, owner: Buffer.from(set.owner), rdatas: Buffer.from(set.rdatas) };
    },
    journalEntry: () => {},
  });
  if (!soa) throw new Error(`The zone ${zone.toString()} has no SOA record in the backup`);
  return soa;
}

const rememberedAtOnce = 200;

async function remember(store: ZoneStore, old: OldDatabase): Promise<WriteResult> {
  const identity = ({ keyName, mac, timeSigned }: RememberedRequest) =>
    [keyName, mac].map((octets) => Buffer.from(octets).toString('hex')).join(' ') + timeSigned;
  const known = new Set((await rememberedIn(store)).map(identity));
  const news = (old.kind === 'read' ? old.remembered : []).filter((request) => !known.has(identity(request)));
  for (let begin = 0; begin < news.length; begin += rememberedAtOnce) {
    const remembered = news.slice(begin, begin + rememberedAtOnce);
    const result = await store.commit({ differences: [], remembered });
    if (result.kind !== 'committed') return result;
  }
  return { kind: 'committed' };
}

function faultIn(result: Exclude<WriteResult, { kind: 'committed' }>, path: string): StoreFault {
  if (result.kind === 'refused') throw new Error(`The copy of the backup refuses a change: ${result.refusal.code}`);
  return result.kind === 'failed' ? result.fault : { code: 'io', path, detail: 'a change was not confirmed' };
}

async function isSameFile(a: string, b: string): Promise<boolean> {
  const [one, other] = await Promise.all([stat(a), stat(b).catch(() => undefined)]);
  return one.ino === other?.ino && one.dev === other.dev;
}
