import type { IntegrityReport } from '../zone-store.ts';
import { Snapshot } from './snapshot.ts';

const maxComplaints = 100;

/** Reads all of the database as of one moment. @throws what node:sqlite throws where the damage is too deep to be told of */
export function checkIntegrity(path: string): IntegrityReport {
  using snapshot = new Snapshot(path);
  const lines = [`PRAGMA integrity_check(${maxComplaints})`, 'PRAGMA foreign_key_check'].flatMap((sql) =>
    snapshot.database.prepare(sql).all(),
  );
  const complaints = lines
    .map((line) => Object.values(line).map(String).join(' '))
    .filter((complaint) => complaint !== 'ok')
    .slice(0, maxComplaints);
  return complaints.length === 0 ? { kind: 'sound' } : { kind: 'damaged', complaints };
}
