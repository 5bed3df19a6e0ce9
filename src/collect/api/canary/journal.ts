import type { Visibility } from '../../../model/canaries';
import type { WritePurpose, WrittenKind } from '../../../model/canary-ledger';

/** First line of a journal. */
export interface JournalBegin {
  readonly event: 'begin';
  readonly journal: 'cfy-audit canaries';
  readonly version: 1;
  readonly at: string;
  readonly run: string;
  readonly tool: string;
  readonly target: string;
  readonly node: string;
  readonly address: string;
  /** Every name that is written begins so. */
  readonly prefix: string;
}

/** Written, and on the disk, before the request that may create something is sent. Holds nothing secret. */
export interface JournalCreate {
  readonly event: 'create';
  readonly entry: number;
  readonly at: string;
  readonly kind: WrittenKind;
  /** Name that was chosen; of a token, its description, because the manager chooses the identifier. */
  readonly id: string;
  readonly tenant: string | null;
  /** Where it can have come to lie; the tenant it is meant for first. */
  readonly mayLieIn: readonly string[];
  readonly visibility: Visibility | null;
  /** Account that creates it. */
  readonly by: string;
  /** How reports call it. */
  readonly as: string;
  readonly purpose: WritePurpose;
}

/** What was learnt of an entry later. `serverId`: the identifier of a token, which the manager chose. */
export type JournalNote =
  | {
      readonly event: 'answered';
      readonly entry: number;
      readonly status: number | null;
      readonly serverId?: string;
    }
  | { readonly event: 'removed' | 'absent'; readonly entry: number }
  | { readonly event: 'left'; readonly entry: number; readonly reason: string }
  /** It came to lie in a tenant that it was not meant for. */
  | { readonly event: 'elsewhere'; readonly entry: number; readonly tenant: string }
  | { readonly event: 'end'; readonly at: string; readonly left: number };

export type JournalLine = JournalBegin | JournalCreate | JournalNote;

/** Where entries are kept so that they outlive this process. */
export interface Journal {
  /** File name, for people. */
  readonly name: string;
  /** Resolves the line to the disk before it returns. Throws what the file system throws. */
  write(line: JournalLine): void;
}

/** A journal as read back. */
export interface WrittenJournal {
  readonly begin: JournalBegin;
  readonly creates: readonly JournalCreate[];
  readonly notes: readonly JournalNote[];
}

/** Reads the text of a journal; or says what is wrong with it. A last line that was cut by a crash is left out. */
export function readJournal(
  text: string,
): WrittenJournal | { readonly fault: string; readonly line: number } {
  const lines = text.split('\n');
  // What has no newline was never finished: the request after it was never sent.
  lines.pop();
  const read: JournalLine[] = [];
  for (const [index, line] of lines.entries()) {
    const parsed = parseLine(line);
    if (parsed === null) return { fault: 'is no line of a journal of canaries', line: index + 1 };
    read.push(parsed);
  }
  const [begin] = read;
  if (begin?.event !== 'begin') return { fault: 'does not begin as a journal of canaries', line: 1 };
  return {
    begin,
    creates: read.filter((line) => line.event === 'create'),
    notes: read.filter((line): line is JournalNote => line.event !== 'begin' && line.event !== 'create'),
  };
}

function parseLine(line: string): JournalLine | null {
  try {
    const value = JSON.parse(line) as Record<string, unknown> | null;
    if (value === null || typeof value !== 'object') return null;
    switch (value.event) {
      case 'begin':
        return value.journal === 'cfy-audit canaries' &&
          value.version === 1 &&
          texts(value, ['at', 'run', 'tool', 'target', 'node', 'address', 'prefix']) &&
          /^cfy-audit-[a-z0-9-]{8,120}$/.test(String(value.prefix))
          ? (value as unknown as JournalBegin)
          : null;
      case 'create':
        return typeof value.entry === 'number' &&
          texts(value, ['at', 'kind', 'id', 'by', 'as', 'purpose']) &&
          (value.tenant === null || typeof value.tenant === 'string') &&
          Array.isArray(value.mayLieIn) &&
          value.mayLieIn.every((tenant) => typeof tenant === 'string')
          ? (value as unknown as JournalCreate)
          : null;
      case 'answered':
      case 'removed':
      case 'absent':
      case 'left':
      case 'elsewhere':
        return typeof value.entry === 'number' ? (value as unknown as JournalNote) : null;
      case 'end':
        return value as unknown as JournalNote;
      default:
        return null;
    }
  } catch {
    return null;
  }
}

function texts(value: Record<string, unknown>, names: readonly string[]): boolean {
  return names.every((name) => typeof value[name] === 'string');
}
