import type { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';

import type { Failed } from '../zone-store.ts';
import { GuardedWriter } from './guarded-writer.ts';
import { lockHolder } from './lock-holder.ts';
import { faultBeforeOpening, logFault } from './look-before-opening.ts';
import { closeQuietly, openDatabase } from './open-database.ts';
import { realDatabasePath } from '../real-path.ts';
import { becomeSoleOwner } from './sole-owner.ts';
import { faultOf } from './sqlite-fault.ts';
import type { CallName, Order, ThreadReply, ThreadRequest, ThreadSettings, Told } from './thread-calls.ts';
import { WriterDesk } from './writer-desk.ts';

/** The entry of the thread that holds the database: a sync stops it, and nobody else. */
async function run({ path, ...others }: ThreadSettings): Promise<void> {
  const settings: ThreadSettings = { path: realDatabasePath(path), ...others };
  if (!parentPort) throw new Error('This file is the entry of a thread');
  const port = parentPort;
  const post = (reply: ThreadReply, transfer: readonly ArrayBuffer[] = []) => port.postMessage(reply, [...transfer]);
  const owner = becomeOwner(settings.path);
  if (owner.kind === 'failed') return post(owner);
  const { lock } = owner;
  const opened = openDatabase(settings.path, settings.checkpointPages);
  if (opened.kind === 'failed') {
    lock.close();
    return post(opened);
  }
  const { database } = opened;
  const writer = new GuardedWriter(database, settings.path, settings.pace, (fault) =>
    post({ kind: 'condition', fault }),
  );
  const fault = writer.prove();
  if (fault) {
    closeQuietly(database);
    lock.close();
    return post({ kind: 'failed', fault });
  }
  const desk = new WriterDesk(database, settings, writer);
  await desk.begin();
  port.on('message', (request: ThreadRequest) => void serve(request));
  post({ kind: 'opened' });

  async function serve(request: ThreadRequest): Promise<void> {
    const { id, name, order } = request;
    try {
      // The name decides over the order's shape; the compiler cannot follow it through the table of calls.
      const call = desk.calls[name] as (order: Order<CallName>) => Told<CallName> | Promise<Told<CallName>>;
      const told = await call(order);
      post({ kind: 'told', id, told }, told.kind === 'piece' ? [told.piece.octets.buffer] : []);
    } catch (error) {
      post({ kind: 'mistake', id, message: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    }
    if (name !== 'close') return;
    lock.close();
    port.close();
  }
}

function becomeOwner(path: string): Failed | { readonly kind: 'locked'; readonly lock: DatabaseSync } {
  try {
    const before = faultBeforeOpening(path);
    if (before) return { kind: 'failed', fault: before };
    const lock = becomeSoleOwner(path);
    const fault = logFault(path);
    if (!fault) return { kind: 'locked', lock };
    lock.close();
    return { kind: 'failed', fault };
  } catch (error) {
    const fault = faultOf(error, path);
    if (!fault) throw error;
    return {
      kind: 'failed',
      fault: fault.code === 'locked' ? { code: 'owned', path, holder: lockHolder(`${path}-lock`) } : fault,
    };
  }
}

await run(workerData as ThreadSettings);
