/**
 * What the world can do to a store: one vocabulary for every kind of database.
 *
 * `code` is stable and may be matched by programs; `path` is the file as the operator wrote it; `detail` is the
 * database's or the operating system's own word.
 */
export type StoreFault =
  /** A database, but another program's. */
  | { readonly code: 'foreign'; readonly path: string; readonly applicationId: number }
  /** Written by a version of dyndns that knows more than this one. */
  | { readonly code: 'newer'; readonly path: string; readonly version: number; readonly known: number }
  /** No database at all, or a damaged one. */
  | { readonly code: 'corrupt'; readonly path: string; readonly detail: string }
  /** The file beside it that holds the newest changes is damaged; the database itself may be whole. */
  | { readonly code: 'corrupt-log'; readonly path: string }
  /** A directory stands in its place. */
  | { readonly code: 'directory'; readonly path: string }
  /** It has further names, which are no links to this one: so many. */
  | { readonly code: 'hard-links'; readonly path: string; readonly others: number }
  | { readonly code: 'read-only'; readonly path: string; readonly detail: string }
  /** The files beside the database belong to another user, as when root has looked into it. */
  | { readonly code: 'other-user'; readonly path: string; readonly detail: string }
  /** It is another user's: whose, where that is known. */
  | { readonly code: 'forbidden'; readonly path: string; readonly owner: string | undefined }
  | { readonly code: 'cannot-open'; readonly path: string; readonly detail: string }
  /** The disk, or what this user may have of it. */
  | { readonly code: 'full'; readonly path: string; readonly detail: string }
  | { readonly code: 'io'; readonly path: string; readonly detail: string }
  /** Another process of ours may change it, and nobody else may: the running service, or a command; its ID, where the system tells. */
  | { readonly code: 'owned'; readonly path: string; readonly holder: number | undefined }
  /** Another process holds it, such as a sqlite3 in the middle of something. */
  | { readonly code: 'locked'; readonly path: string; readonly detail: string }
  /** The file that is to be written is there already. */
  | { readonly code: 'exists'; readonly path: string }
  /** Changes are refused since an earlier one failed and could not be made void yet. */
  | { readonly code: 'suspended'; readonly path: string; readonly cause: StoreFault }
  /** More is waiting than the bounds allow. */
  | { readonly code: 'busy'; readonly path: string }
  /** One batch is larger than the bounds allow. */
  | { readonly code: 'too-large'; readonly path: string; readonly octets: number; readonly maxOctets: number }
  /** The store is closed, or what ran it has ended. */
  | { readonly code: 'stopped'; readonly path: string; readonly detail: string };

export type StoreFaultCode = StoreFault['code'];

/** What went wrong and what would put it right, in words for the log and for the operator. */
export interface StoreExplanation {
  readonly cause: string;
  readonly remedy: string;
}

export function explainStoreFault(fault: StoreFault): StoreExplanation {
  const { path } = fault;
  switch (fault.code) {
    case 'foreign':
      return {
        cause: `${path} is a database, but not one of dyndns (application_id ${fault.applicationId}).`,
        remedy: 'Name another file for the database, or move this one away.',
      };
    case 'newer':
      return {
        cause: `${path} was written by a newer dyndns (schema ${fault.version}; this one knows ${fault.known}).`,
        remedy: 'Start the newer version again, or restore a backup that was made before the upgrade.',
      };
    case 'corrupt':
      return {
        cause: `${path} is damaged, or no database at all: ${fault.detail}.`,
        remedy: `Move ${path} away together with ${path}-wal and ${path}-shm, restore a backup, and look after the disk.`,
      };
    case 'corrupt-log':
      return {
        cause: `${path}-wal is damaged: it does not begin as a log of SQLite does, so the newest changes cannot be read.`,
        remedy: `Restore a backup; or move ${path}-wal away, start with what ${path} holds without them, and look after the disk.`,
      };
    case 'directory':
      return { cause: `${path} is a directory.`, remedy: `Name a file for the database, such as ${path}/dyndns.db.` };
    case 'hard-links':
      return {
        cause: `${path} has ${fault.others === 1 ? 'another name' : `${fault.others} other names`} (hard links), under which another dyndns could change it at the same time.`,
        remedy: `Remove what "find DIRECTORY -samefile ${path}" shows besides it; a symbolic link is fine.`,
      };
    case 'forbidden': {
      const { owner } = fault;
      return {
        cause: `${path} belongs to ${owner === undefined ? 'another user' : `the user ${owner}`}, and this one may not do that with it.`,
        remedy: `Run the command as the user of the service: sudo -u ${owner ?? 'USER'} dyndns …`,
      };
    }
    case 'exists':
      return { cause: `${path} is there already.`, remedy: 'Name a file that does not exist, or remove this one.' };
    case 'owned':
      return {
        cause: `${path} is in use by ${fault.holder === undefined ? 'another dyndns' : `process ${fault.holder}`}: only one at a time can change it.`,
        remedy: 'Stop the other dyndns first, or ask it.',
      };
    case 'locked':
      return {
        cause: `${path} is in use by another process: ${fault.detail}.`,
        remedy: 'End whatever else has the database open.',
      };
    case 'suspended': {
      const { cause, remedy } = explainStoreFault(fault.cause);
      return { cause: `Changes are suspended until ${path} can be written again. ${cause}`, remedy };
    }
    case 'busy':
      return { cause: `Too many changes are waiting for ${path}.`, remedy: 'Try again in a moment.' };
    case 'too-large':
      return {
        cause: `A change of ${fault.octets} octets is more than ${path} takes at once (${fault.maxOctets}).`,
        remedy: 'Ask for fewer changes at once.',
      };
    case 'stopped':
      return { cause: `The store of ${path} has ended: ${fault.detail}.`, remedy: 'Start the service again.' };
    case 'read-only':
    case 'other-user':
    case 'cannot-open':
    case 'full':
    case 'io':
      return explainDisk(fault);
  }
}

type DiskFault = Extract<StoreFault, { code: 'read-only' | 'other-user' | 'cannot-open' | 'full' | 'io' }>;

function explainDisk({ code, path, detail }: DiskFault): StoreExplanation {
  switch (code) {
    case 'read-only':
      return {
        cause: `${path} cannot be written: ${detail}.`,
        remedy:
          'Let the user of the service write the file and its directory, on a file system that is not mounted read-only.',
      };
    case 'other-user':
      return {
        cause: `${path}-wal or ${path}-shm cannot be opened for writing: ${detail}.`,
        remedy: `Give ${path}, ${path}-wal, ${path}-shm and their directory to the user of the service (chown).`,
      };
    case 'cannot-open':
      return {
        cause: `${path} cannot be opened: ${detail}.`,
        remedy: 'Make its directory, and let the user of the service read and write there.',
      };
    case 'full':
      return { cause: `There is no room left to write ${path}: ${detail}.`, remedy: 'Free space on that file system.' };
    case 'io':
      return {
        cause: `The disk failed under ${path}: ${detail}.`,
        remedy: "Look into the kernel's log (dmesg), and have a backup at hand.",
      };
  }
}
