import { getCompileCacheDir } from 'node:module';
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';

import type { StoreFault } from '../store-fault.ts';
import type { Answer, Failed } from '../zone-store.ts';
import type { CallName, Order, ThreadReply, ThreadSettings, Told } from './thread-calls.ts';

/** What a call came to; `stopped`: the thread has ended, and whether a call that was sent was carried out is not known. */
export type Called<Name extends CallName> =
  | { readonly kind: 'told'; readonly told: Told<Name> }
  | { readonly kind: 'stopped'; readonly wasSent: boolean; readonly fault: StoreFault };

interface Pending {
  readonly resolve: (called: Called<CallName>) => void;
  readonly reject: (mistake: Error) => void;
}

/** Changed when the writer suspends and resumes, and with the `stopped` fault when it is gone. */
export type ConditionListener = (fault: StoreFault | undefined) => void;

/** The thread that holds the database, as the service's thread sees it. */
export class StoreThread {
  readonly #worker: Worker;
  readonly #path: string;
  readonly #onCondition: ConditionListener;
  readonly #pending = new Map<number, Pending>();
  readonly #opened = Promise.withResolvers<Failed | undefined>();
  readonly #exited = Promise.withResolvers<undefined>();
  #lastId = 0;
  #stopped: StoreFault | undefined;

  private constructor(worker: Worker, path: string, onCondition: ConditionListener) {
    this.#worker = worker;
    this.#path = path;
    this.#onCondition = onCondition;
    worker.on('message', (reply: ThreadReply) => this.#receive(reply));
    worker.on('error', (error) => this.#stop(error instanceof Error ? error.message : String(error)));
    worker.on('exit', () => {
      this.#stop('its thread has ended');
      this.#exited.resolve(undefined);
    });
  }

  static async start(
    settings: ThreadSettings,
    onCondition: ConditionListener,
  ): Promise<Answer<{ readonly kind: 'started'; readonly thread: StoreThread }>> {
    // As published, the sources have become JavaScript.
    const entry = new URL(`./writer-thread${extname(import.meta.url)}`, import.meta.url);
    const worker = new Worker(enterWithCache(entry, getCompileCacheDir()), { workerData: settings, name: 'store' });
    const thread = new StoreThread(worker, settings.path, onCondition);
    const failed = await thread.#opened.promise;
    if (!failed) return { kind: 'started', thread };
    await thread.#exited.promise;
    return failed;
  }

  /** @throws on a programmer's error here or there */
  call<Name extends CallName>(name: Name, order: Order<Name>): Promise<Called<Name>> {
    if (this.#stopped) return Promise.resolve({ kind: 'stopped', wasSent: false, fault: this.#stopped });
    this.#lastId += 1;
    const id = this.#lastId;
    const { promise, resolve, reject } = Promise.withResolvers<Called<Name>>();
    this.#pending.set(id, { resolve, reject });
    this.#worker.postMessage({ id, name, order });
    return promise;
  }

  /** Closes the database and ends the thread. */
  async close(): Promise<void> {
    await this.call('close', undefined);
    await this.#exited.promise;
  }

  #receive(reply: ThreadReply): void {
    if (reply.kind === 'condition') this.#onCondition(reply.fault);
    if (reply.kind === 'opened') this.#opened.resolve(undefined);
    if (reply.kind === 'failed') this.#opened.resolve(reply);
    if (reply.kind !== 'told' && reply.kind !== 'mistake') return;
    const pending = this.#pending.get(reply.id);
    this.#pending.delete(reply.id);
    if (reply.kind === 'told') pending?.resolve({ kind: 'told', told: reply.told });
    else pending?.reject(new Error(reply.message));
  }

  #stop(detail: string): void {
    if (this.#stopped) return;
    this.#stopped = { code: 'stopped', path: this.#path, detail };
    this.#opened.reject(new Error(`The thread of the store ended before it was ready: ${detail}`));
    for (const { resolve } of this.#pending.values()) resolve({ kind: 'stopped', wasSent: true, fault: this.#stopped });
    this.#pending.clear();
    this.#onCondition(this.#stopped);
  }
}

/**
 * What a thread begins with: it does not share its process's cache of compiled code by itself, and would strip and compile
 * everything at every start.
 */
function enterWithCache(entry: URL, cacheDirectory: string | undefined): URL {
  if (cacheDirectory === undefined) return entry;
  const code = `import { enableCompileCache } from 'node:module';
enableCompileCache(${JSON.stringify(cacheDirectory)});
await import(${JSON.stringify(entry.href)});`;
  return new URL(`data:text/javascript,${encodeURIComponent(code)}`);
}
