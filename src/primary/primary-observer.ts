/** Who wants to know how the nameservers are doing: metrics. */
export interface PrimaryObserver {
  /** An UPDATE message with so many transactions went out. */
  batchSent(transactions: number): void;
  /** A message was answered or given up; `result` is the rcode's name or the fault's code. */
  primaryAnswered(operation: 'query' | 'update', result: string, seconds: number): void;
}
