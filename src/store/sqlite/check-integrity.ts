import type { IntegrityReport } from '../zone-store.ts';
import { Snapshot } from './snapshot.ts';

const maxComplaints = 100;

/** Reads all of the database as of one moment. @throws what node:sqlite throws where the damage is too deep to be told of */
export function checkIntegrity(path: string): IntegrityReport {
  return complaintsOf(path, [`PRAGMA integrity_check(${maxComplaints})`, 'PRAGMA foreign_key_check']);
}

/** The same without comparing the indexes with the tables, in a fraction of the time. */
export function quickCheck(path: string): IntegrityReport {
  return complaintsOf(path, [`PRAGMA quick_check(${maxComplaints})`]);
}

function complaintsOf(path: string, questions: readonly string[]): IntegrityReport {
  using snapshot = new Snapshot(path);
  const lines = questions.flatMap((sql) => snapshot.database.prepare(sql).all());
  const complaints = lines
    .map((line) => Object.values(line).map(String).join(' '))
    .filter((complaint) => complaint !== 'ok')
    .slice(0, maxComplaints);
  return complaints.length === 0 ? { kind: 'sound' } : { kind: 'damaged', complaints };
}
