import type { Name } from '../../dns/name.ts';
import type { TsigKey } from '../../dns/tsig.ts';
import type { Endpoint } from '../../primary/rfc2136/connection.ts';

/** A zone that is hosted here, as the configuration says: what the doctor has to know of it. */
export interface HostedZoneDescription {
  readonly name: Name;
  /** The administrator's; without one, nobody changes the zone by DNS. */
  readonly key: TsigKey | undefined;
  /** The NS records at the apex, the primary first: that is us. */
  readonly nameservers: readonly DescribedNameserver[];
  /** Who is told of changes besides the nameservers. */
  readonly notify: readonly Endpoint[];
  /** Where the service listens; an unspecified address stands for all of this machine's. */
  readonly listen: readonly Endpoint[];
}

export interface DescribedNameserver {
  readonly name: Name;
  /** Those that the configuration says; none where it says none. */
  readonly addresses: readonly string[];
}
