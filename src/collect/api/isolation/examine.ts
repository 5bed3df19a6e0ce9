import type { Border, Proof } from '../../../model/api-isolation';
import type { Belonging, Inventory, Thing } from './inventory';
import { kindNamedBy } from './kinds';
import type { Principal } from './principals';
import { isMember } from './principals';
import type { Reply } from './reply';
import { borderTo, type Scope } from './scope';
import { randomPieces } from './texts';
import { escapeToken } from '../../../model/pointer';

/** How an answer came about. */
export interface Viewing {
  readonly principal: Principal;
  /** Tenants the request names in its header. */
  readonly tenants: readonly string[];
  readonly allTenants: boolean;
  /** Identifiers that the request holds: an error, or a single answer, may well repeat them. */
  readonly sent: readonly string[];
  /** Kind of the things it lists, or is about. */
  readonly kind: string | null;
  /** Rows are numbers per field, not things. */
  readonly isSummary?: boolean;
}

/** Something in an answer that is not for its reader. */
export interface Sight {
  readonly border: Border;
  readonly owner: string;
  readonly proof: Proof;
  readonly amount: number;
  readonly at: string | null;
  /** The thing whose text it is; null: the answer itself says whose. */
  readonly thing: Thing | null;
}

/**
 * Searches a whole answer for what belongs to others: items that say whose they are, identifiers where identifiers stand,
 * and telling pieces anywhere. Items of the reader's own are only searched for identifiers: their content is his, even where
 * somebody else has the same.
 */
export function examine(reply: Reply, viewing: Viewing, inventory: Inventory): readonly Sight[] {
  const found = new Map<string, Sight>();
  const see = (sight: Omit<Sight, 'amount'>): void => {
    const key = `${sight.border} ${sight.owner} ${sight.proof}`;
    const before = found.get(key);
    found.set(key, before ? { ...before, amount: before.amount + 1 } : { ...sight, amount: 1 });
  };
  const search: Search = { viewing, inventory, see, isError: reply.kind !== 'shown' };
  if (reply.items !== null) {
    const isList = reply.json !== null && !Array.isArray(reply.json);
    for (const [index, item] of reply.items.entries()) {
      searchItem(item, `${isList ? '/items' : ''}/${index}`, search, true);
    }
  } else if (reply.json !== undefined) searchItem(reply.json, '', search, false);
  else if (reply.text !== '') searchText(reply.text, null, search);
  return [...found.values()];
}

interface Search {
  readonly viewing: Viewing;
  readonly inventory: Inventory;
  readonly see: (sight: Omit<Sight, 'amount'>) => void;
  readonly isError: boolean;
}

type Fields = Readonly<Record<string, unknown>>;

function searchItem(item: unknown, at: string, search: Search, isListed: boolean): void {
  const { viewing, inventory } = search;
  if (typeof item === 'string') {
    // Lists of labels: the item is the key itself.
    if (viewing.kind !== null) searchId(viewing.kind, item, at, search, isListed);
    else searchText(item, at, search);
    return;
  }
  if (item === null || typeof item !== 'object') return;
  if (viewing.isSummary === true) return;
  const fields = item as Fields;
  const scope = labelOf(fields, search);
  if (scope !== null) {
    const border = borderOf(scope, search);
    if (border !== null) {
      const proof = border === 'private' ? 'id' : 'tenant-name';
      search.see({ border, owner: scope.tenant, proof, at, thing: null });
    }
    // What is shared with everybody is shared as it is, with all that stands in it.
    if (border === null && scope.visibility !== 'global') searchFields(fields, at, search, true, isListed);
    return;
  }
  const named = nameOf(fields, viewing.kind);
  const owners = named === null || viewing.kind === null ? [] : inventory.scopesOf(viewing.kind, named);
  const isOwn =
    owners.some((owner) => borderTo(viewing.principal, owner) === null) || refersToOwn(fields, search);
  searchFields(fields, at, search, isOwn, isListed);
}

/** Walks one item. `isOwn`: only identifiers count. */
function searchFields(fields: Fields, at: string, search: Search, isOwn: boolean, isListed: boolean): void {
  const { viewing } = search;
  for (const [name, value] of Object.entries(fields)) {
    const here = `${at}/${escapeToken(name)}`;
    const isName =
      name === 'id' || name === 'key' || name === 'name' || (name === 'value' && viewing.kind === 'label');
    if (isName && typeof value === 'string' && viewing.kind !== null && at.split('/').length <= 3) {
      searchId(viewing.kind, value, here, search, isListed);
    }
    const kind = kindNamedBy(name);
    for (const [index, each] of (Array.isArray(value) ? value : [value]).entries()) {
      const spot = Array.isArray(value) ? `${here}/${index}` : here;
      if (typeof each === 'string') {
        if (kind !== null) searchId(kind, each, spot, search, isListed);
        searchText(each, spot, search, isOwn);
      } else if (each !== null && typeof each === 'object') {
        if (Array.isArray(each)) {
          for (const inner of each) if (typeof inner === 'string') searchText(inner, spot, search, isOwn);
          continue;
        }
        const scope = labelOf(each as Fields, search);
        const border = scope === null ? null : borderOf(scope, search);
        if (scope !== null && border !== null) {
          const proof = border === 'private' ? 'id' : 'tenant-name';
          search.see({ border, owner: scope.tenant, proof, at: spot, thing: null });
        } else if (spot.split('/').length < 24) {
          searchFields(each as Fields, spot, search, isOwn, isListed);
        }
      }
    }
    if (!isOwn && name.length >= 10) searchText(name, at, search);
  }
}

function searchId(kind: string, id: string, at: string, search: Search, isListed: boolean): void {
  const { viewing, inventory, see, isError } = search;
  if ((isError || !isListed) && viewing.sent.includes(id)) return;
  const scopes = inventory.scopesOf(kind, id);
  const border = sharedBorder(scopes, viewing.principal);
  const [scope] = scopes;
  if (border === null || scope === undefined) return;
  const thing = inventory.of(kind).find((each) => each.id === id) ?? null;
  see({ border, owner: scope.tenant, proof: 'id', at, thing });
}

/** Pieces that are somebody else's. In items of one's own only whole identifiers drawn by lot count. */
function searchText(text: string, at: string | null, search: Search, isOwn = false): void {
  const { viewing, inventory, see, isError } = search;
  const whole = inventory.belonging(text);
  for (const piece of new Set([...(whole ? [text] : []), ...randomPieces(text)])) {
    const belonging = piece === text ? whole : inventory.belonging(piece);
    if (belonging === undefined || !isTaken(belonging, viewing.principal)) continue;
    // The value of another's secret is no content of one's own, wherever it stands (functions evaluated in a wrong tenant).
    const isSecret = belonging.thing.kind === 'secret' && !belonging.isId;
    if (isOwn && !isSecret && !(belonging.isId && piece === text)) continue;
    if (isError && viewing.sent.some((sent) => sent.includes(piece))) continue;
    if (viewing.sent.includes(piece)) continue;
    const border = sharedBorder([...belonging.scopes], viewing.principal);
    if (border === null) continue;
    const { thing } = belonging;
    see({ border, owner: thing.scope.tenant, proof: belonging.isId ? 'id' : 'marker', at, thing });
  }
}

function isTaken({ scopes }: Belonging, principal: Principal): boolean {
  return [...scopes].every((scope) => borderTo(principal, scope) !== null);
}

/** The border to all scopes; null when one is open, or there is none. The nearest counts. */
function sharedBorder(scopes: readonly Scope[], principal: Principal): Border | null {
  const borders = scopes.map((scope) => borderTo(principal, scope));
  if (borders.length === 0 || borders.includes(null)) return null;
  return borders.includes('private') ? 'private' : 'foreign';
}

/** Whose an item says it is. */
function labelOf(fields: Fields, { viewing, inventory }: Search): Scope | null {
  const { tenant_name: tenant, created_by: creator, username } = fields;
  if (viewing.kind === 'token' && typeof username === 'string') {
    return { tenant: '', visibility: 'private', creator: username };
  }
  if (typeof tenant !== 'string' || tenant === '') return null;
  const visibility = fields.visibility ?? fields.resource_availability;
  if (visibility === 'private' || visibility === 'tenant' || visibility === 'global') {
    return {
      tenant,
      visibility,
      creator: typeof creator === 'string' ? creator : creatorIn(fields, tenant, viewing, inventory),
    };
  }
  const name = nameOf(fields, viewing.kind);
  const known = name === null || viewing.kind === null ? [] : inventory.scopesOf(viewing.kind, name);
  return known.find((scope) => scope.tenant === tenant) ?? { tenant, visibility: 'tenant', creator: null };
}

function creatorIn(fields: Fields, tenant: string, viewing: Viewing, inventory: Inventory): string | null {
  const name = nameOf(fields, viewing.kind);
  if (name === null || viewing.kind === null) return null;
  return inventory.scopesOf(viewing.kind, name).find((scope) => scope.tenant === tenant)?.creator ?? null;
}

/** Also what is the reader's, but in a tenant that the request did not name. */
function borderOf(scope: Scope, { viewing }: Search): Border | null {
  const { principal, tenants, allTenants } = viewing;
  const border = borderTo(principal, scope);
  if (border !== null || scope.visibility === 'global' || scope.tenant === '') return border;
  const [only] = tenants;
  const isScoped = !allTenants && tenants.length === 1 && only !== undefined && isMember(principal, only);
  return isScoped && scope.tenant !== only && !principal.administrator ? 'scope' : null;
}

function nameOf(fields: Fields, kind: string | null): string | null {
  const value = kind === 'secret' ? fields.key : kind === 'site' ? fields.name : (fields.id ?? fields.name);
  return typeof value === 'string' ? value : null;
}

/** Events and the like do not say whose they are, but of what: that is enough when it is the reader's own. */
function refersToOwn(fields: Fields, { viewing, inventory }: Search): boolean {
  const context = (fields.context ?? {}) as Fields;
  const reference = (name: string): unknown => fields[name] ?? context[name];
  const references = [
    ['execution', reference('execution_id')],
    ['deployment', reference('deployment_id') ?? fields.deployment],
  ] as const;
  for (const [kind, id] of references) {
    if (typeof id !== 'string') continue;
    const scopes = inventory.scopesOf(kind, id);
    if (scopes.length === 0) continue;
    return scopes.some((scope) => borderTo(viewing.principal, scope) === null);
  }
  return false;
}
