import type { CanaryLedger, LedgerEntry, ListCount } from '../../../model/canary-ledger';
import type { EvidenceOf, Subject } from '../../../model/evidence';
import type { Manager } from '../../../model/target';
import type { CollectContext } from '../../collector';
import type { CanaryWriter, Entry } from './writer';

/** Everything that was written, and what became of it, as evidence. */
export function ledgerOf(facts: {
  readonly manager: Manager;
  readonly writer: CanaryWriter;
  readonly lists: readonly ListCount[];
  readonly skipped: CanaryLedger['notWritten'];
  readonly context: Pick<CollectContext, 'now'>;
}): EvidenceOf<'canary.ledger'> {
  const { manager, writer, lists, skipped, context } = facts;
  const entries = writer.entries.map(entryOf);
  const stray = lists.reduce((sum, { ours }) => sum + (ours ?? 0), 0);
  const left = entries.filter(({ end }) => end === 'left').length;
  const data: CanaryLedger = {
    node: manager.name,
    address: writer.session.door.address,
    port: writer.session.door.port,
    prefix: writer.prefix,
    journal: writer.journal.name,
    created: entries.filter(({ created }) => created === 'created').length,
    removed: entries.filter(({ end }) => end === 'removed').length,
    // The lists know of what the journal's own names do not find.
    left: Math.max(left, stray),
    entries,
    lists,
    notWritten: skipped,
  };
  const subject = ledgerSubject(manager);
  return { type: 'canary.ledger', subject, observedAt: context.now().toISOString(), state: 'observed', data };
}

export function ledgerSubject({ name }: Manager): Subject {
  return { id: `${name}/canaries`, kind: 'target', title: `${name} · canaries of this run`, node: name };
}

function entryOf({ create, created, end, reason }: Entry): LedgerEntry {
  const { kind, id, tenant, visibility, as, purpose } = create;
  return { kind, id, tenant, visibility, as, purpose, created, end: end ?? 'left', reason };
}
