import type {
  ApiWriteIsolation,
  WriteAction,
  WriteEffect,
  WriteRequest,
} from '../../../model/api-write-isolation';

/** What is learnt of one actor, while it is. */
export interface ActorRecord {
  readonly owners: Set<string>;
  readonly refused: { readonly request: WriteRequest; readonly control: ControlKey }[];
  readonly effects: WriteEffect[];
  readonly unproven: { what: string; reason: string }[];
}

/** Controls hold for one kind of object of one owner. */
export type ControlKey = string;

/** Whether the owner could do it: `null`, or why that is not known. */
export type Controls = Map<ControlKey, string | null>;

export function openRecord(): ActorRecord {
  return { owners: new Set(), refused: [], effects: [], unproven: [] };
}

export function controlKey(action: WriteAction, kind: string, owner: string): ControlKey {
  return `${action} ${kind} ${owner}`;
}

/** One line for an attempt: what, how the tenant was named, and whose. */
function tell({ action, route, naming, owner, visibility }: WriteRequest): string {
  const object = visibility === null ? '' : ` (${visibility})`;
  return `${action}: ${route} · ${naming} · ${owner}${object}`;
}

/** Attempts without effect prove something only beside an owner who could. */
export function settle(
  record: ActorRecord,
  controls: Controls,
): Pick<ApiWriteIsolation, 'proven' | 'refused' | 'effects' | 'unproven'> {
  const proven = { create: 0, update: 0, delete: 0, 'set-visibility': 0 };
  const refused: string[] = [];
  const unproven = [...record.unproven];
  for (const { request, control } of record.refused) {
    const doubt = controls.get(control);
    if (doubt === null) {
      proven[request.action]++;
      refused.push(tell(request));
    } else {
      const reason = doubt ?? 'the owner did not try the same';
      unproven.push({ what: tell(request), reason: `without effect, but ${reason}` });
    }
  }
  return { proven, refused, effects: record.effects, unproven };
}
