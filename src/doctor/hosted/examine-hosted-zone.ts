import { Type } from '../../dns/codes.ts';
import type { Name } from '../../dns/name.ts';
import { weakAlgorithms } from '../../dns/tsig.ts';
import type { Endpoint } from '../../primary/rfc2136/connection.ts';
import type { DatabaseLook } from '../../store/database-look.ts';
import { addressText } from '../../updates/address.ts';
import { checkContent, checkLabel } from '../check-record.ts';
import { type DoctorTools, freshId } from '../examine-zone.ts';
import type { Subject } from '../explain.ts';
import { classify } from '../finding.ts';
import { askPlainly, type Questioning } from '../plain-question.ts';
import { hostedLedger, type HostedZoneReport, type StepLedger } from '../report.ts';
import { askSerial } from '../serial-question.ts';
import { examineDelegation } from './examine-delegation.ts';
import { examineReach, type Reach } from './examine-reach.ts';
import { type AskedSecondary, examineSecondaries } from './examine-secondaries.ts';
import type { DescribedNameserver, HostedZoneDescription } from './hosted-zone-description.ts';
import { judgeDatabase } from './judge-database.ts';
import { parentRecords } from './parent-records.ts';
import { findService, placeText } from './service-search.ts';
import { checkNameOf, tryHostedUpdate } from './try-hosted-update.ts';

/** The database of the zone, looked at just before, and its serial at any later time. */
export interface DatabaseView {
  readonly look: DatabaseLook;
  /** Whether whoever has it open has said if it takes changes: the service, when it looks at itself. */
  readonly isConditionKnown: boolean;
  readonly readSerial: (zone: Name) => Promise<number | undefined>;
}

/**
 * Examines one zone that is hosted here: the service by asking it as a nameserver, its database from outside, and then the
 * world: whether it gets through to us, what the zone above says, and whether the secondaries follow.
 */
export async function examineHostedZone(
  description: HostedZoneDescription,
  database: DatabaseView,
  tools: DoctorTools,
): Promise<HostedZoneReport> {
  return await new HostedExamination(description, database, tools).run();
}

const maxAddresses = 16;

const untried = {
  condition: 'Not tried, as the zone has no key. The service says that it takes changes.',
  keyless: 'Not tried, as the zone has no key. /check of the service says whether it takes changes.',
  long: 'Not tried, as the name of the zone leaves no room for another below it.',
};

class HostedExamination {
  readonly #description: HostedZoneDescription;
  readonly #database: DatabaseView;
  readonly #tools: DoctorTools;
  readonly #ledger: StepLedger;
  readonly #content: string;
  readonly #questioning: Questioning;
  #wasWritten = false;
  #place: Endpoint | undefined;
  #serial: number | undefined;
  #nameservers: readonly DescribedNameserver[];
  #secondaries: readonly AskedSecondary[] = [];

  constructor(description: HostedZoneDescription, database: DatabaseView, tools: DoctorTools) {
    const { randomOctets, limits } = tools;
    this.#description = description;
    this.#database = database;
    this.#tools = tools;
    this.#content = checkContent(randomOctets);
    this.#nameservers = description.nameservers;
    this.#questioning = { freshId: () => freshId(randomOctets), timeoutMs: limits.answerTimeoutMs };
    this.#ledger = hostedLedger(() => this.#subject());
  }

  /** Whom the findings of the trial are about. */
  #subject(): Subject {
    const { name: zone, key, listen } = this.#description;
    const { address = '', port = 0 } = this.#place ?? listen[0] ?? {};
    return {
      zone: zone.toString(),
      nameserver: address,
      port,
      key: key?.name.toString() ?? '',
      algorithm: key?.algorithm ?? '',
      checkName: checkNameOf(zone)?.toString() ?? '',
    };
  }

  async run(): Promise<HostedZoneReport> {
    this.#examineDatabase();
    this.#examineKey();
    const place = await this.#examineService();
    const { signal } = this.#tools;
    if (place && !signal.aborted) await this.#examineUpdate(place);
    if (signal.aborted) this.#ledger.found([{ code: 'interrupted' }]);
    else await this.#examineWorld(place);
    return this.#report();
  }

  #examineDatabase(): void {
    const { look, isConditionKnown } = this.#database;
    const { note, findings } = judgeDatabase(look, isConditionKnown, this.#tools.limits.leastFreeOctets);
    if (note !== undefined) this.#ledger.passed('database', note);
    this.#ledger.found(findings);
  }

  #examineKey(): void {
    const { key } = this.#description;
    if (!key) return this.#ledger.passed('key', 'It has none, so nobody changes the zone by DNS.');
    this.#ledger.passed('key', `${key.name.toString()} signs with ${key.algorithm}.`);
    if (weakAlgorithms.has(key.algorithm))
      this.#ledger.found([{ code: 'weak-key', key: key.name.toString(), algorithm: key.algorithm }]);
  }

  async #examineService(): Promise<Endpoint | undefined> {
    const { name: zone, listen, nameservers } = this.#description;
    const { look, readSerial } = this.#database;
    const [ourselves] = nameservers;
    const stored = look.kind === 'readable' ? look.serials.get(zone.key) : undefined;
    this.#serial = stored;
    const { place, findings } = await findService({
      zone,
      listen,
      advertised: ourselves ? this.#placesOf(ourselves) : [],
      storedSerial: stored,
      readSerial: () => readSerial(zone),
      questioning: this.#questioning,
    });
    this.#ledger.found(findings);
    if (!place) return undefined;
    this.#place = place;
    await this.#noteSerial(place);
    this.#ledger.passed('service', `It runs, and answers at ${placeText(place)}.`);
    return place;
  }

  #placesOf({ name, addresses }: DescribedNameserver): readonly Endpoint[] {
    return addresses.map((address) => ({ address, port: this.#tools.nameserverPort(name.toString(), address) }));
  }

  async #noteSerial(place: Endpoint): Promise<void> {
    const answer = await askSerial(place, this.#description.name, this.#questioning);
    if (answer.kind === 'serial') this.#serial = answer.serial;
  }

  async #examineUpdate(place: Endpoint): Promise<void> {
    const { name: zone, key } = this.#description;
    const { look, isConditionKnown } = this.#database;
    if (!key) return this.#ledger.skipped('update', isConditionKnown ? untried.condition : untried.keyless);
    const checkName = checkNameOf(zone);
    if (!checkName) return this.#ledger.skipped('update', untried.long);
    if (look.kind === 'readable' && look.fault) return;
    const content = this.#content;
    const findings = await tryHostedUpdate({ zone, checkName, key, content, place }, this.#tools);
    this.#ledger.passed('update', 'A TXT record could be added, read back and removed.');
    this.#ledger.found(findings, 'update');
    this.#wasWritten = findings.every(({ code }) => classify(code).severity !== 'error');
    await this.#noteSerial(place);
  }

  async #examineWorld(place: Endpoint | undefined): Promise<void> {
    this.#nameservers = await Promise.all(
      this.#description.nameservers.map(async (nameserver) => await this.#withAddresses(nameserver, place)),
    );
    const reach = await this.#examineReach(place);
    await Promise.all([this.#examineDelegation(reach), this.#examineSecondaries()]);
  }

  /** What the configuration says, else what we answer, else what the world knows. */
  async #withAddresses(nameserver: DescribedNameserver, place: Endpoint | undefined): Promise<DescribedNameserver> {
    const { name, addresses } = nameserver;
    if (addresses.length > 0) return nameserver;
    const isOurs = name.isAtOrBelow(this.#description.name);
    const found = isOurs ? await this.#askOurselves(name, place) : await this.#tools.resolveAddresses(name);
    return { name, addresses: found.slice(0, maxAddresses) };
  }

  async #askOurselves(name: Name, place: Endpoint | undefined): Promise<readonly string[]> {
    if (!place) return [];
    const answers = await Promise.all(
      [Type.A, Type.AAAA].map(async (type) => await askPlainly(place, { name, type }, this.#questioning)),
    );
    return answers.flatMap((answer) =>
      answer.kind === 'told'
        ? answer.message.answers.flatMap(({ rdata }) => ('address' in rdata ? [addressText(rdata.address)] : []))
        : [],
    );
  }

  async #examineReach(place: Endpoint | undefined): Promise<Reach | undefined> {
    const [ourselves] = this.#nameservers;
    if (!ourselves) return undefined;
    if (!place) {
      this.#ledger.skipped('reach', 'Not tried, as the service is not running.');
      return undefined;
    }
    const { name: zone, listen } = this.#description;
    const name = ourselves.name.toString();
    const reach = await examineReach({
      zone,
      ourselves,
      place,
      listen,
      portAt: (address) => this.#tools.nameserverPort(name, address),
      questioning: this.#questioning,
    });
    this.#ledger.passed('reach', `It answers over UDP and TCP at ${reach.reached.join(' and ')}, as ${name}`);
    this.#ledger.found(reach.findings);
    return reach;
  }

  async #examineDelegation(reach: Reach | undefined): Promise<void> {
    const [ourselves] = this.#nameservers;
    if (reach?.isLocal || !ourselves)
      return this.#ledger.skipped('delegation', 'Not asked for, as long as only this machine can ask here.');
    const { resolveAddresses, findNameservers, nameserverPort } = this.#tools;
    const { note, findings } = await examineDelegation(this.#description.name, this.#nameservers, {
      resolveAddresses,
      findNameservers,
      nameserverPort,
      questioning: this.#questioning,
    });
    this.#ledger.passed('delegation', note);
    this.#ledger.found(findings);
  }

  async #examineSecondaries(): Promise<void> {
    const { name: zone, notify } = this.#description;
    const { nameserverPort, limits, clock, signal } = this.#tools;
    const others = this.#nameservers.slice(1);
    if (others.length === 0 && notify.length === 0) return this.#ledger.passed('secondaries', 'It has none.');
    if (this.#serial === undefined)
      return this.#ledger.skipped('secondaries', 'Not asked, as there is no serial to compare theirs with.');
    const { secondaries, findings } = await examineSecondaries({
      zone,
      nameservers: others,
      notify,
      ownSerial: this.#serial,
      nameserverPort,
      questioning: this.#questioning,
      propagationMs: limits.propagationMs,
      monotonicMs: () => clock.monotonicMs(),
      signal,
    });
    this.#secondaries = secondaries;
    const places = secondaries.map(({ name, address }) => `${name} (${address})`);
    this.#ledger.passed(
      'secondaries',
      `${places.join(' and ')} ${places.length === 1 ? 'has' : 'have'} the serial ${this.#serial}.`,
    );
    this.#ledger.found(findings);
  }

  #report(): HostedZoneReport {
    const { name: zone, key } = this.#description;
    const { status, steps } = this.#ledger.finish();
    return {
      primary: 'embedded',
      zone: zone.toString(),
      status,
      ...(key ? { key: key.name.toString(), algorithm: key.algorithm } : {}),
      ...(this.#wasWritten ? { label: checkLabel, content: this.#content } : {}),
      ...(this.#serial === undefined ? {} : { serial: this.#serial }),
      parentRecords: parentRecords(zone, this.#nameservers),
      steps,
      nameservers: this.#secondaries.map(({ name, address, port, answer }) => ({
        name,
        address,
        port,
        ...(answer.kind === 'serial' ? { serial: answer.serial } : {}),
      })),
    };
  }
}
