import type { CanaryObject } from '../../../model/canaries';
import type { CollectContext } from '../../collector';
import { bodyOf, pathOf } from '../canary/find';
import type { Person } from '../canary/people';
import type { PlantedKind } from '../canary/recipes';
import type { CanaryWriter } from '../canary/writer';

/** What an owner sees of an object: the whole of it, that it is not there, or nothing that can be told. */
export type Look =
  | { readonly state: 'there'; readonly content: string; readonly body: Readonly<Record<string, unknown>> }
  | { readonly state: 'gone' }
  | { readonly state: 'unseen'; readonly reason: string };

/** One object, read by who owns it. Everything that the manager tells of it counts: any difference is a change. */
export async function look(
  writer: CanaryWriter,
  { kind, id, tenant }: Pick<CanaryObject, 'kind' | 'id' | 'tenant'>,
  owner: Person,
  context: CollectContext,
): Promise<Look> {
  const form = { method: 'GET', path: pathOf(kind as PlantedKind, id) };
  const result = await writer.send(owner, [tenant], form, { context });
  const body = bodyOf(result);
  if (result.kind === 'failure') return { state: 'unseen', reason: result.reason };
  if (result.status === 200 && body !== null) {
    for (const entry of writer.entries) if (entry.create.id === id) entry.seen = true;
    const entries = Object.entries(body).sort(([a], [b]) => (a < b ? -1 : 1));
    return { state: 'there', content: JSON.stringify(entries), body };
  }
  if (result.status === 404 && body?.error_code === 'not_found_error') return { state: 'gone' };
  return { state: 'unseen', reason: `the owner was answered with ${result.status}` };
}

/** What happened between two looks. */
export function effectBetween(before: Look, after: Look): 'none' | 'changed' | 'deleted' | 'unseen' {
  if (before.state !== 'there' || after.state === 'unseen') return 'unseen';
  if (after.state === 'gone') return 'deleted';
  return before.content === after.content ? 'none' : 'changed';
}
