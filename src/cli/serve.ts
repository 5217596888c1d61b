import { setTimeout as delay } from 'node:timers/promises';
import type { Config } from '../config/config.ts';
import type { LoadedConfig } from '../config/load.ts';
import { describeProblem } from '../config/problem.ts';
import { listenAddressText } from '../config/network-address.ts';
import type { CliContext, Command, Invocation } from './command.ts';
import { loadFor, withLoaded } from './configured.ts';
import { ExitCode } from './exit-code.ts';
import { tellMistake } from './failure.ts';
import { isFirstConfig, linesToTry, makeFirstConfig } from './first-start.ts';
import { type RunningService, ServiceRefusal } from './services.ts';
import { packageVersion } from './version.ts';

export const serveCommand: Command = {
  name: 'serve',
  summary: 'answer HTTP, and DNS for hosted zones, until it is stopped',
  operands: '',
  minOperands: 0,
  maxOperands: 0,
  description: `Starts the service. Where zones are hosted here, it is their nameserver, too, at the addresses of dns.listen. Where there is
no configuration, it makes one with a fresh secret and one hosted zone: dyndns.yml in the state directory.

SIGTERM and SIGINT (Ctrl-C) stop it after the requests under way have been answered; SIGHUP
reads the configuration again. If the new one is wrong, its mistakes are told and the old one stays in force.`,
  options: {
    port: { short: 'p', value: 'N', text: 'listen for HTTP on this port instead of the configured ones' },
  },
  examples: [
    { line: 'dyndns serve', text: 'HTTP where the configuration says, else on 127.0.0.1:54321; DNS on 127.0.0.1:5300' },
    { line: 'dyndns serve --port 8080', text: 'on another port' },
    { line: `pkill -HUP -f 'node .*dyndns\\.js .*serve'`, text: 'read the configuration again' },
  ],
  exitCodes: [ExitCode.failed],
  run: async (invocation, context) => {
    const port = readPort(invocation.values['port']);
    if (port === 'wrong')
      return tellMistake('--port takes a whole number from 0 to 65535; 0 lets the system choose', invocation, context);
    const loaded = await loadOrMake(invocation, context);
    if (loaded.kind === 'unmade') {
      context.errors.print(`dyndns: ${loaded.reason}`);
      return ExitCode.wrongConfiguration;
    }
    const use = async (config: Config) =>
      await serve(config, { port, howToTry: decideHowToTry(config, loaded.isMade, context) }, invocation, context);
    return await withLoaded(loaded.config, context, use);
  },
};

function readPort(written: string | undefined): number | undefined | 'wrong' {
  if (written === undefined) return undefined;
  return /^[0-9]{1,5}$/.test(written) && Number(written) <= 65_535 ? Number(written) : 'wrong';
}

type Loaded =
  | { readonly kind: 'loaded'; readonly config: LoadedConfig; readonly isMade: boolean }
  | { readonly kind: 'unmade'; readonly reason: string };

/** Whoever starts the service without a configuration gets one. */
async function loadOrMake(invocation: Invocation, context: CliContext): Promise<Loaded> {
  const config = await loadFor(invocation, context);
  if (config.kind !== 'absent') return { kind: 'loaded', config, isMade: false };
  const made = await makeFirstConfig(context);
  if (made.kind === 'failed') return { kind: 'unmade', reason: made.reason };
  context.errors.print(`dyndns: there was no configuration; this one was made: ${made.path}`);
  return { kind: 'loaded', config: await loadFor(invocation, context), isMade: true };
}

/** Whether the lines to try it with are printed, and with the secret in them. */
type HowToTry = 'with the secret' | 'without it' | 'no';

/** What is printed may end in a log, where a secret has no business: but for the one that was made just now, only people see it. */
function decideHowToTry(config: Config, isMade: boolean, context: CliContext): HowToTry {
  if (!isFirstConfig(config, context)) return 'no';
  return isMade || context.output.isTerminal ? 'with the secret' : 'without it';
}

async function serve(
  config: Config,
  { port, howToTry }: { readonly port: number | undefined; readonly howToTry: HowToTry },
  invocation: Invocation,
  context: CliContext,
): Promise<ExitCode> {
  const stopping = Promise.withResolvers<string>();
  using _stop = context.signals.onStop(stopping.resolve);
  const started = Promise.withResolvers<RunningService>();
  const reloader = new Reloader(started.promise, port, invocation, context);
  using _reload = context.signals.onReload(() => reloader.request());
  const start = await startOrExplain(onPort(config, port), context);
  if (start.kind === 'failed') return ExitCode.failed;
  await using service = start.service;
  started.resolve(service);
  for (const address of service.addresses) {
    context.output.print(`dyndns ${packageVersion()} listens on http://${listenAddressText(address)}`);
  }
  for (const address of service.dnsAddresses)
    context.output.print(`It answers DNS on ${listenAddressText(address)}, UDP and TCP`);
  for (const line of handedOverLines(service)) context.output.print(line);
  context.output.print(`Its configuration is ${config.file}`);
  if (howToTry !== 'no') tellHowToTry(service, config, howToTry, context);
  const signal = await stopping.promise;
  context.errors.print(`dyndns: stopping after ${signal}`);
  await reloader.settled(maxReloadWaitMs);
  return ExitCode.done;
}

/** By port, with the transports that each was handed over for. */
function handedOverLines({ handedOver }: RunningService): readonly string[] {
  const ports = new Set(handedOver.map(({ port }) => port));
  return Array.from(ports, (port) => {
    const transports = new Set(handedOver.filter((each) => each.port === port).map(({ transport }) => transport));
    return `It answers DNS on port ${port}, ${Array.from(transports, (each) => each.toUpperCase())
      .sort()
      .reverse()
      .join(' and ')}, by sockets that were handed over to it`;
  });
}

function tellHowToTry(
  service: RunningService,
  { secrets }: Config,
  howToTry: Exclude<HowToTry, 'no'>,
  { output }: CliContext,
): void {
  const [http] = service.addresses;
  const [dns] = service.dnsAddresses;
  const [secret] = secrets;
  if (!http || !dns || secret === undefined) return;
  const shown = howToTry === 'with the secret' ? secret : 'SECRET';
  const lines = linesToTry(`http://${listenAddressText(http)}`, dns, shown);
  const about = howToTry === 'with the secret' ? '' : ', with the secret of the configuration in the place of SECRET';
  output.print(`Try it${about}:\n${lines.map((line) => `  ${line}`).join('\n')}`);
}

/** A reload that hangs does not hold up the end. */
const maxReloadWaitMs = 2000;

type Start = { readonly kind: 'started'; readonly service: RunningService } | { readonly kind: 'failed' };

async function startOrExplain(config: Config, { errors, services }: CliContext): Promise<Start> {
  try {
    return { kind: 'started', service: await services.startService(config) };
  } catch (error) {
    const reason = await listenFailure(error);
    if (reason === undefined) throw error;
    errors.print(`dyndns: ${reason}`);
    return { kind: 'failed' };
  }
}

function onPort(config: Config, port: number | undefined): Config {
  if (port === undefined) return config;
  const hosts = new Set(config.http.listen.map(({ host }) => host));
  return { ...config, http: { ...config.http, listen: Array.from(hosts, (host) => ({ host, port })) } };
}

const listenReasons: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another program listens there already; stop it, or choose another port',
  EACCES: 'this user may not listen there; choose a port from 1024 on, or let systemd or a proxy listen',
  EADDRNOTAVAIL: 'this machine has no such address; correct http.listen in the configuration',
};

/** What kept the service from listening, or undefined for any other error. */
async function listenFailure(error: unknown): Promise<string | undefined> {
  if (!(error instanceof Error) || !('code' in error) || !('syscall' in error) || error.syscall !== 'listen') {
    return undefined;
  }
  const host = 'address' in error ? String(error.address) : '';
  const port = 'port' in error ? Number(error.port) : 0;
  const owner = error.code === 'EADDRINUSE' ? await portOwner(port) : undefined;
  const reason = (listenReasons[String(error.code)] ?? String(error.code)).replace(
    'another program',
    () => owner ?? 'another program',
  );
  return `cannot listen on ${listenAddressText({ host, port })}: ${reason}`;
}

/** Loaded when it is needed: whoever can listen does not have to know who listens else. */
async function portOwner(port: number): Promise<string | undefined> {
  const { findPortOwner } = await import('../nameserver/socket-table.ts');
  return await findPortOwner('tcp', port);
}

/** Reads the configuration again, one time after the other; requests that come meanwhile are one request. */
class Reloader {
  readonly #service: Promise<RunningService>;
  readonly #port: number | undefined;
  readonly #invocation: Invocation;
  readonly #context: CliContext;
  #work: Promise<void> = Promise.resolve();
  readonly #giveUp = new AbortController();
  #isWaiting = false;

  constructor(service: Promise<RunningService>, port: number | undefined, invocation: Invocation, context: CliContext) {
    this.#service = service;
    this.#port = port;
    this.#invocation = invocation;
    this.#context = context;
  }

  request(): void {
    if (this.#isWaiting) return;
    this.#isWaiting = true;
    this.#work = this.#work.then(async () => {
      this.#isWaiting = false;
      await this.#reload();
    });
  }

  /** Waits for the reload under way, but for no longer than this; then it need not go on. */
  async settled(timeoutMs: number): Promise<void> {
    const waiting = new AbortController();
    const deadline = delay(timeoutMs, undefined, { signal: waiting.signal }).catch(() => undefined);
    await Promise.race([this.#work, deadline]);
    waiting.abort();
    this.#giveUp.abort();
  }

  async #reload(): Promise<void> {
    const { errors } = this.#context;
    const service = await this.#service;
    const loaded = await loadFor(this.#invocation, this.#context, this.#giveUp.signal);
    switch (loaded.kind) {
      case 'loaded':
        for (const warning of loaded.config.warnings) errors.print(`warning: ${warning}`);
        errors.print(await this.#apply(service, loaded.config));
        return;
      case 'failed':
        for (const problem of loaded.problems) errors.print(describeProblem(problem));
        errors.print('dyndns: the new configuration is wrong; the old one stays in force');
        return;
      case 'absent':
        errors.print(
          `dyndns: there is no configuration any more at ${loaded.searched.join(' or ')}; the old one stays in force`,
        );
        return;
    }
  }

  /** A service that runs is not ended by a configuration that it cannot take. */
  async #apply(service: RunningService, config: Config): Promise<string> {
    try {
      await service.reload(onPort(config, this.#port));
      return `dyndns: the configuration was read again from ${config.file}`;
    } catch (error) {
      const reason = error instanceof ServiceRefusal ? error.message : ((await listenFailure(error)) ?? String(error));
      return `dyndns: the new configuration could not be put in force: ${reason}`;
    }
  }
}
