import type { ListCount } from '../../../model/canary-ledger';
import type { Seedling } from './choose';
import { bodyOf } from './find';
import type { Person } from './people';
import { recipes, type PlantedKind } from './recipes';
import type { CanaryWriter } from './writer';

/** One list of the manager, counted before anything was planted. */
export interface CountedList {
  again(writer: CanaryWriter): Promise<ListCount>;
}

/** Counts every list that canaries are about to enter, as who plants there. */
export async function countLists(
  writer: CanaryWriter,
  seedlings: readonly Seedling[],
): Promise<readonly CountedList[]> {
  const first = new Map<string, Seedling>();
  for (const seedling of seedlings) {
    const key = `${seedling.kind} ${seedling.tenant}`;
    if (!first.has(key)) first.set(key, seedling);
  }
  const lists: CountedList[] = [];
  for (const { kind, tenant, by } of first.values()) {
    const before = await count(writer, kind, tenant, by);
    lists.push({
      again: async (writing) => ({
        kind,
        tenant,
        before,
        after: await count(writing, kind, tenant, by),
        ours: await named(writing, kind, tenant, by),
      }),
    });
  }
  return lists;
}

async function count(
  writer: CanaryWriter,
  kind: PlantedKind,
  tenant: string,
  person: Person,
): Promise<number | null> {
  const { path, field } = recipes[kind].list;
  const result = await writer.send(person, [tenant], {
    method: 'GET',
    path: `${path}?_size=1&_include=${field}`,
  });
  return totalOf(bodyOf(result));
}

/** Objects whose name begins as ours do. */
async function named(
  writer: CanaryWriter,
  kind: PlantedKind,
  tenant: string,
  person: Person,
): Promise<number | null> {
  const { path, field, searches } = recipes[kind].list;
  const search = searches ? `&_search=${writer.prefix}` : '';
  const query = `_size=1000&_include=${field},tenant_name${search}`;
  const body = bodyOf(await writer.send(person, [tenant], { method: 'GET', path: `${path}?${query}` }));
  const items = body?.items;
  if (!Array.isArray(items) || (totalOf(body) ?? Infinity) > items.length) return null;
  return (items as Readonly<Record<string, unknown>>[]).filter((item) => {
    const name = item[field];
    // What all tenants see is listed in each of them, and counted in its own.
    const isHere = item.tenant_name === undefined || item.tenant_name === tenant;
    return isHere && typeof name === 'string' && name.startsWith(writer.prefix);
  }).length;
}

function totalOf(body: Readonly<Record<string, unknown>> | null): number | null {
  const metadata = body?.metadata as { pagination?: { total?: unknown } } | undefined;
  const total = metadata?.pagination?.total;
  return typeof total === 'number' ? total : null;
}
