import { setTimeout as delay } from 'node:timers/promises';

import type { CpuProfile } from './self-time.ts';

const connectTimeoutMs = 10_000;
const askEveryMs = 50;

/**
 * Speaks with a Node that runs under `--inspect=127.0.0.1:PORT` (Chrome DevTools Protocol over a WebSocket), to profile it
 * just while it is under load.
 */
export class InspectorSession implements Disposable {
  readonly #socket: WebSocket;
  readonly #pending = new Map<number, PromiseWithResolvers<unknown>>();
  #lastId = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.addEventListener('message', ({ data }) => this.#answered(String(data)));
    socket.addEventListener('close', () => {
      for (const { reject } of this.#pending.values()) reject(new Error('the inspected process hung up'));
    });
  }

  static async open(port: number): Promise<InspectorSession> {
    const socket = new WebSocket(await findTarget(port));
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    socket.addEventListener('open', () => resolve());
    socket.addEventListener('error', () => reject(new Error(`no inspector at port ${port}`)));
    await promise;
    return new InspectorSession(socket);
  }

  async startProfile(samplingMicroseconds: number): Promise<void> {
    await this.#call('Profiler.enable');
    await this.#call('Profiler.setSamplingInterval', { interval: samplingMicroseconds });
    await this.#call('Profiler.start');
  }

  async stopProfile(): Promise<CpuProfile> {
    const { profile } = (await this.#call('Profiler.stop')) as { readonly profile: CpuProfile };
    return profile;
  }

  [Symbol.dispose](): void {
    this.#socket.close();
  }

  #call(method: string, params: object = {}): Promise<unknown> {
    this.#lastId += 1;
    const pending = Promise.withResolvers<unknown>();
    this.#pending.set(this.#lastId, pending);
    this.#socket.send(JSON.stringify({ id: this.#lastId, method, params }));
    return pending.promise;
  }

  #answered(text: string): void {
    const { id, result, error } = JSON.parse(text) as { id?: number; result?: unknown; error?: { message: string } };
    const pending = id === undefined ? undefined : this.#pending.get(id);
    if (id === undefined || !pending) return;
    this.#pending.delete(id);
    if (error) pending.reject(new Error(error.message));
    else pending.resolve(result);
  }
}

async function findTarget(port: number): Promise<string> {
  const deadlineMs = performance.now() + connectTimeoutMs;
  for (;;) {
    try {
      const response = await fetch(`http://127.0.0.1:${port}/json/list`, {
        signal: AbortSignal.timeout(connectTimeoutMs),
      });
      const [target] = (await response.json()) as readonly { readonly webSocketDebuggerUrl: string }[];
      if (target) return target.webSocketDebuggerUrl;
    } catch (error) {
      if (performance.now() > deadlineMs) throw error;
    }
    await delay(askEveryMs);
  }
}
