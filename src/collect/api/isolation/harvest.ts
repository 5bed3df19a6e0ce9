import type { Target } from '../../../model/target';
import { fillPath } from '../catalogue';
import type { Asker } from './asker';
import type { Inventory, Thing } from './inventory';
import { labelKeyOf, shelves, type Shelf } from './kinds';
import { isMember, rolesOf, type Principal } from './principals';
import type { Reply } from './reply';
import { makeScopes, type Scope } from './scope';

/** Who is asked what a tenant has: sees most first. */
export interface Readers {
  /** Somebody who ought to see everything of the tenant; else its members, of whom each sees his own. */
  of(tenant: string): readonly Principal[];
  /** Somebody who ought to see this, and was not excluded. */
  forScope(scope: Scope): Principal | null;
}

/** An administrator sees all; else a manager of the tenant; else its members together. */
export function readersOf(principals: readonly Principal[]): Readers {
  // Authorisation does not apply to the bootstrap administrator, so any other shows more of how it works.
  const administrators = principals
    .filter(({ administrator }) => administrator)
    .sort((a, b) => Number(a.username === 'admin') - Number(b.username === 'admin'));
  const [administrator] = administrators;
  const of = (tenant: string): readonly Principal[] => {
    if (administrator) return [administrator];
    const members = principals.filter((principal) => isMember(principal, tenant));
    const manager = members.find((member) => rolesOf(member, tenant).includes('manager'));
    return manager ? [manager] : members.slice(0, 4);
  };
  return {
    of,
    forScope: (scope) => {
      const creator = principals.find(
        ({ username }) => scope.creator !== null && username.toLowerCase() === scope.creator.toLowerCase(),
      );
      if (administrator) return administrator;
      if (scope.visibility !== 'private') return of(scope.tenant)[0] ?? null;
      return (
        creator ?? of(scope.tenant).find((each) => rolesOf(each, scope.tenant).includes('manager')) ?? null
      );
    },
  };
}

const pageSizes = [200, 20];

/** Reads every list of every tenant, once, into the inventory. Tenants one after the other, so that little is held at a time. */
export async function harvest(
  tenants: readonly string[],
  readers: Readers,
  asker: Asker,
  inventory: Inventory,
): Promise<void> {
  const scopes = makeScopes();
  for (const tenant of tenants) {
    for (const reader of readers.of(tenant)) {
      const early = shelves().filter(
        ({ kind }) => kind === 'deployment' || kind === 'blueprint' || kind === 'execution',
      );
      // What others refer to comes first.
      await Promise.all(early.map((shelf) => readShelf(shelf, '', tenant, reader)));
      await Promise.all(
        shelves()
          .filter((shelf) => !early.includes(shelf))
          .map(async (shelf) => {
            if (shelf.anchor === null) return readShelf(shelf, '', tenant, reader);
            const { parameter, kind } = shelf.anchor;
            for (const { id } of samplesOf(inventory, kind, tenant)) {
              await readShelf(shelf, `${parameter}=${encodeURIComponent(id)}`, tenant, reader);
            }
          }),
      );
    }
  }

  async function readShelf(shelf: Shelf, filter: string, tenant: string, reader: Principal): Promise<void> {
    const template = `/api/v3.1${shelf.path}`;
    for (const size of pageSizes) {
      const extra = shelf.kind === 'event' ? ['_sort=-timestamp'] : [];
      const query = [...extra, ...(filter === '' ? [] : [filter]), `_size=${size}`].join('&');
      const reply = await asker.ask(reader, {
        method: 'GET',
        route: `GET ${template}`,
        path: `${template}?${query}`,
        tenants: [tenant],
      });
      if (reply.kind === 'strange') continue;
      take(shelf, tenant, reply);
      return;
    }
  }

  function take(shelf: Shelf, tenant: string, { items, total }: Reply): void {
    if (items === null) return;
    for (const item of items) {
      if (item === null || typeof item !== 'object') continue;
      const fields = item as Readonly<Record<string, unknown>>;
      const { scope, isSure } = scopeOf(fields, shelf.kind, tenant);
      inventory.add(thingOf(fields, shelf, scope), item, isSure);
      for (const { key, value } of labelsOf(fields)) {
        const label = thingOf({}, shelf, scope);
        for (const id of [key, value]) inventory.add({ ...label, kind: 'label', id }, null, isSure);
        inventory.add({ ...label, kind: labelKeyOf(shelf.kind), id: key }, null, isSure);
      }
    }
    inventory.noteCount(shelf.kind, tenant, items.length, total ?? items.length);
  }

  /** Whose an item is: as it says itself, or as that to which it belongs, or the tenant's that was asked. */
  function scopeOf(
    fields: Readonly<Record<string, unknown>>,
    kind: string,
    asked: string,
  ): { readonly scope: Scope; readonly isSure: boolean } {
    if (kind === 'token') return { scope: scopes('', 'private', fields.username), isSure: true };
    const { tenant_name: tenant, created_by: creator } = fields;
    if (typeof tenant === 'string' && tenant !== '') {
      const visibility = fields.visibility ?? fields.resource_availability;
      return { scope: scopes(tenant, visibility, creator), isSure: true };
    }
    const context = (fields.context ?? {}) as Readonly<Record<string, unknown>>;
    for (const [owner, id] of [
      ['execution', fields.execution_id ?? context.execution_id],
      ['deployment', fields.deployment_id ?? context.deployment_id ?? fields.deployment],
    ] as const) {
      if (typeof id !== 'string') continue;
      const found = inventory.scopesOf(owner, id);
      const [only] = found;
      if (only !== undefined && found.length === 1) return { scope: only, isSure: true };
      const here = found.find((scope) => scope.tenant === asked);
      if (here) return { scope: here, isSure: false };
    }
    return { scope: scopes(asked, 'tenant', null), isSure: false };
  }
}

/** A thing of the item that names it. */
function thingOf(fields: Readonly<Record<string, unknown>>, { kind, field }: Shelf, scope: Scope): Thing {
  const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);
  const detail = { blueprint: fields.main_file_name, plugin: fields.archive_name, execution: fields.status }[
    kind
  ];
  return {
    kind,
    id: field === null ? '' : (text(fields[field]) ?? ''),
    scope,
    deployment: text(fields.deployment_id) ?? text(fields.deployment),
    execution: text(fields.execution_id),
    hidden: fields.is_hidden_value === true,
    creator: text(fields.created_by),
    detail: text(detail),
  };
}

/** Keys and values: lists of labels show them without saying whose they are. */
function labelsOf({ labels }: Readonly<Record<string, unknown>>): readonly { key: string; value: string }[] {
  if (!Array.isArray(labels)) return [];
  return (labels as readonly unknown[]).flatMap((label) => {
    const { key, value } = (label ?? {}) as { key?: unknown; value?: unknown };
    const isTold = typeof key === 'string' && key !== '' && typeof value === 'string' && value !== '';
    return isTold ? [{ key, value }] : [];
  });
}

/** One thing of each visibility in the tenant. */
export function samplesOf(
  inventory: Inventory,
  kind: string,
  tenant: string,
  isWanted: (thing: Thing) => boolean = () => true,
): readonly Thing[] {
  const own = inventory
    .of(kind)
    .filter(({ scope }) => scope.tenant === tenant && scope.visibility !== 'global');
  const first = new Map<Scope, Thing>();
  for (const thing of own) if (!first.has(thing.scope) && isWanted(thing)) first.set(thing.scope, thing);
  // What the tenant shares first: more roads lead to it.
  const order = [...first.values()].sort(
    (a, b) => Number(a.scope.visibility === 'private') - Number(b.scope.visibility === 'private'),
  );
  return order.slice(0, 4);
}

/** Adds what was planted: known without being asked. */
export function addCanaries({ canaries }: Target, inventory: Inventory): void {
  const scopes = makeScopes();
  for (const { kind, id, tenant, visibility, owner, markers, hidden = false } of canaries?.objects ?? []) {
    const scope = scopes(tenant, visibility, owner);
    const thing: Thing = {
      kind,
      id,
      scope,
      deployment: null,
      execution: null,
      hidden,
      creator: owner,
      detail: null,
    };
    inventory.add(thing, {}, true);
    inventory.addContent(thing, markers, markers);
  }
}

/** The values of secrets and the like, which no list shows: a few of each scope, as somebody who may. */
export async function harvestDetails(
  tenants: readonly string[],
  readers: Readers,
  asker: Asker,
  inventory: Inventory,
): Promise<void> {
  const wanted = [
    { kind: 'secret', template: '/api/v3.1/secrets/{key}', name: 'key', field: 'value' },
    { kind: 'agent', template: '/api/v3.1/agents/{name}', name: 'name', field: 'rabbitmq_password' },
  ] as const;
  const work = tenants.flatMap((tenant) =>
    wanted.flatMap((want) => {
      const own = inventory.of(want.kind).filter(({ scope }) => scope.tenant === tenant);
      return own.slice(0, 12).map((thing) => ({ want, thing }));
    }),
  );
  await Promise.all(
    work.map(async ({ want, thing }) => {
      const reader = readers.forScope(thing.scope);
      if (reader === null) return;
      const reply = await asker.ask(reader, {
        method: 'GET',
        route: `GET ${want.template}`,
        path: fillPath(want.template, { [want.name]: thing.id }),
        tenants: [thing.scope.tenant],
      });
      const value = (reply.json as Readonly<Record<string, unknown>> | null | undefined)?.[want.field];
      if (reply.kind === 'shown' && typeof value === 'string' && value !== '') {
        inventory.addContent(thing, value, [value]);
      }
    }),
  );
}
