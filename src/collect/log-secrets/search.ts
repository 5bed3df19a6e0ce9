import type { LogLeak, LogSecrets } from '../../model/log-secrets';
import { visible } from '../../model/visible';
import { placeInEntries } from './entries';
import { openLedger } from './ledger';
import { printablePath } from './printable';
import { readLog } from './read';
import type { Scanner } from './scan';
import type { Unpacked } from './unpack';

/** One log file searched: a file on disk, or a member of an archive. Holds no secret. */
export interface SearchedFile {
  /** Printable; of a member `archive!member`. */
  readonly path: string;
  readonly facts: LogSecrets['files'][number];
  readonly reason: string | null;
  readonly leaks: readonly LogLeak[];
  readonly privateKeys: readonly LogLeak[];
  readonly truncated: boolean;
}

/** What came of one file on disk: one log, or those of an archive. */
export interface FileSearch {
  readonly searched: readonly SearchedFile[];
  readonly notRead: readonly { readonly path: string; readonly reason: string }[];
}

/** Reads and searches one file. Never rejects for what the file is or does. */
export async function searchFile(
  path: Buffer,
  scanner: Scanner,
  fingerprintKey: Uint8Array,
  signal: AbortSignal,
): Promise<FileSearch> {
  const own = printablePath(path);
  const { to, result } = searchLeaves(own, scanner, fingerprintKey);
  const reason = await readLog(path, signal, to);
  const { searched, notRead } = result();
  return { searched, notRead: reason === null ? notRead : [...notRead, { path: own, reason }] };
}

/** Searches whatever a file turns out to hold; `own`: its printable path. `result` is to be called once all is read. */
export function searchLeaves(
  own: string,
  scanner: Scanner,
  fingerprintKey: Uint8Array,
): { readonly to: Unpacked; readonly result: () => FileSearch } {
  const searched: SearchedFile[] = [];
  const notRead: FileSearch['notRead'][number][] = [];
  const nameOf = (member: string | null): string => (member === null ? own : `${own}!${member}`);
  const to: Unpacked = {
    open(member, compressed, isJournal) {
      const name = nameOf(member);
      const ledger = openLedger(fingerprintKey);
      const entries = isJournal
        ? placeInEntries((sighting, unit) => {
            ledger.note(sighting, name, unit === null ? null : visible(unit));
          })
        : null;
      const scan = scanner.start((sighting) => {
        if (entries === null) ledger.note(sighting, name);
        else entries.sighted(sighting);
      });
      let bytes = 0;
      return {
        entry: (unit, line) => entries?.ended(unit, line),
        write(piece) {
          bytes += piece.length;
          scan.push(piece);
        },
        end(fault) {
          scan.end();
          entries?.close();
          // What was searched before reading failed is evidence; a file of which nothing was read is not.
          if (fault !== null && bytes === 0) {
            notRead.push({ path: name, reason: fault });
            return;
          }
          const facts = { path: name, compressed, bytes, lines: scan.lines(), complete: fault === null };
          searched.push({
            path: name,
            facts,
            reason: fault,
            leaks: ledger.leaks(),
            privateKeys: ledger.privateKeys(),
            truncated: ledger.truncated() || scan.skipped(),
          });
        },
      };
    },
    refuse(member, fault) {
      notRead.push({ path: nameOf(member), reason: fault });
    },
  };
  return { to, result: () => ({ searched, notRead }) };
}
