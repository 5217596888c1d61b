/** Bounds of everything that a stranger may make the nameserver keep or do. */
export interface NameserverLimits {
  /**
   * The longest answer over UDP, whatever more the client would take: 1232 octets are in one packet on every path of
   * IPv6, and fragments get lost and can be forged. At least 512 (RFC 6891 §6.2.3), at most 65535.
   */
  readonly udpAnswerOctets: number;
  /** TCP connections in all; one more ends the one that has been idle longest (RFC 7766 §6.2.3). */
  readonly tcpConnections: number;
  /** The same for the connections of one client: an IPv4 address, or the /64 of an IPv6 address. */
  readonly tcpConnectionsPerNetwork: number;
  /** How long a TCP connection may be without a whole request, and how long an answer may wait for a client to read. */
  readonly tcpIdleMs: number;
  /** A transfer of which nothing was sent for so long, since the client does not read or others are before it, makes room. */
  readonly tcpStallMs: number;
  /** Requests of one connection under way at once; the next are read when there is room. */
  readonly tcpRequestsUnderWay: number;
  /** Octets of answers that wait for one client to read; beyond, no request of it is read. */
  readonly tcpUnsentOctets: number;
  /** UPDATEs under way, of all clients; the next are answered SERVFAIL. */
  readonly updatesUnderWay: number;
  /** Signed UPDATEs that are remembered, lest a replay be carried out again. */
  readonly rememberedUpdates: number;
  /** Where a wildcard address stands for those of the machine: so many of each family, and so often they are looked at. */
  readonly addresses: number;
  readonly addressesEveryMs: number;
  /** How long those that are under way may take when the nameserver ends. */
  readonly endMs: number;
}

export const defaultNameserverLimits: NameserverLimits = {
  udpAnswerOctets: 1232,
  tcpConnections: 1000,
  tcpConnectionsPerNetwork: 200,
  tcpIdleMs: 10_000,
  tcpStallMs: 1000,
  tcpRequestsUnderWay: 100,
  tcpUnsentOctets: 256 * 1024,
  updatesUnderWay: 2000,
  rememberedUpdates: 100_000,
  addresses: 64,
  addressesEveryMs: 3000,
  endMs: 5000,
};
