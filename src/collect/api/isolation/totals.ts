import type { Border, Reach } from '../../../model/api-isolation';
import { expectedOf, tryIt, type Attack, type Field, type Trial } from './field';
import { ownerName } from './field';
import { foremost } from './kinds';
import type { List, ListDepth } from './lists';
import { rolesOf } from './principals';
import type { Reply } from './reply';
import { reproduce, type Question } from './reproduce';
import { borderTo } from './scope';

/** What of one list is compared, for one account. */
export interface Totals {
  readonly attack: Attack;
  readonly list: List;
  readonly plain: Reply;
  readonly all: Reply;
  readonly depth: ListDepth;
  readonly make: (
    reach: Reach,
    query: readonly string[],
    tenants: readonly string[],
    more?: Partial<Trial>,
  ) => Trial;
  readonly base: readonly string[];
  readonly home: readonly string[];
}

/**
 * Numbers tell of others too: a total must be what can be listed, and no feature that only changes the form of an answer may
 * change it. What is odd is asked again, and held against the widest view there is, in which nothing is filtered.
 */
export async function compareTotals(totals: Totals, field: Field): Promise<void> {
  const { attack, list, plain, all, depth, make, base, home } = totals;
  if (plain.kind !== 'shown' || plain.items === null) return;
  await checkTotal(
    totals,
    make(list.route.endpoint.path.startsWith('/searches/') ? 'search' : 'plain', base, home),
    plain,
    field,
  );
  if (all.kind === 'shown') {
    await checkTotal(totals, make('all-tenants', [...base, '_all_tenants=true'], home), all, field);
    // In one tenant alone, all tenants are that one.
    if (attack.principal.memberships.length === 1) {
      await checkGrowth(totals, 'all-tenants', [...base, '_all_tenants=true'], all, field);
    }
  }
  if (depth === 'brief') return;
  const first = plain.items[0];
  const query = list.route.endpoint.query ?? [];
  const isPaged = query.includes('paging') || base.length > 0;
  const variants: (readonly [Reach, readonly string[]])[] = [];
  const include = anonymousField(first);
  if (include !== null) variants.push(['include', [...base, `_include=${include}`]]);
  if (depth === 'whole') {
    if (foremost.has(list.class)) variants.push(['include', [...base, '_get_data=true']]);
    // A page without room is counted all the same.
    if (isPaged) variants.push(['page', ['_size=0']]);
    const sort = query.includes('sort') ? sortField(first, list) : null;
    if (sort !== null) variants.push(['sort', [...base, `_sort=-${sort}`]]);
    if (isPaged) variants.push(['page', ['_get_all_results=true']]);
  }
  for (const [reach, params] of variants) {
    const reply = await tryIt(make(reach, params, home), field);
    if (reply.kind === 'shown') await checkGrowth(totals, reach, params, reply, field);
  }
  if (depth === 'whole' && foremost.has(list.class)) await checkHead(totals, field);
  if (isPaged && plain.total !== null) await checkPastTheEnd(totals, plain.total, field);
  if (list.route.endpoint.path.startsWith('/searches/')) await checkFiltered(totals, field);
}

/** More than can be listed. */
async function checkTotal(totals: Totals, trial: Trial, reply: Reply, field: Field): Promise<void> {
  const { items, total } = reply;
  if (items === null || total === null || items.length >= pageOf(totals) || total <= items.length) return;
  const again = await field.asker.ask(totals.attack.principal, trial.question);
  if (again.items === null || again.total === null || again.total <= again.items.length) return;
  if (!(await addsUp(totals, (wide) => wide.items !== null && wide.total === wide.items.length, field)))
    return;
  count(
    totals,
    trial,
    again.total - again.items.length,
    'a total that is what is listed',
    `a total of ${again.total} over ${again.items.length} items`,
    field,
  );
}

/** More than the plain list has. */
async function checkGrowth(
  totals: Totals,
  reach: Reach,
  query: readonly string[],
  reply: Reply,
  field: Field,
): Promise<void> {
  const { attack, base, home, make, list } = totals;
  const sizeOf = ({ total, items }: Reply): number => total ?? items?.length ?? 0;
  if (sizeOf(reply) <= sizeOf(totals.plain)) return;
  const trial = make(reach, query, home);
  const again = await field.asker.ask(attack.principal, trial.question);
  const plain = await field.asker.ask(attack.principal, list.question(base, home));
  if (again.kind !== 'shown' || plain.kind !== 'shown' || sizeOf(again) <= sizeOf(plain)) return;
  const extra = sizeOf(again) - sizeOf(plain);
  count(totals, trial, extra, `${sizeOf(plain)}, as without it`, `${sizeOf(again)}`, field);
}

/** HEAD tells how long the answer to GET would be (RFC 9110 §9.3.2): not longer than it is. */
async function checkHead(totals: Totals, field: Field): Promise<void> {
  const { attack, list, base, home, make } = totals;
  if (list.route.endpoint.method !== 'GET') return;
  const trial = make('page', base, home);
  const question: Question = {
    ...trial.question,
    method: 'HEAD',
    route: trial.question.route.replace(/^GET/, 'HEAD'),
  };
  const differs = async (): Promise<number> => {
    const head = await field.asker.ask(attack.principal, question);
    const full = await field.asker.ask(attack.principal, trial.question);
    const isTold = head.status === 200 && full.kind === 'shown' && full.bytes > 0;
    return isTold ? (head.length ?? 0) - full.bytes : 0;
  };
  if ((await differs()) <= 0) return;
  const extra = await differs();
  if (extra <= 0) return;
  const found = { ...trial, question };
  count(totals, found, extra, 'the length of what GET shows', `${extra} bytes more`, field);
}

/** A page behind the last one is empty, or the same as ever where pages are not known; anything else comes from elsewhere. */
async function checkPastTheEnd(totals: Totals, total: number, field: Field): Promise<void> {
  const { attack, make, base, home, plain } = totals;
  const trial = make('page', [...base, `_offset=${Math.max(1, total)}`], home);
  const reply = await tryIt(trial, field);
  const known = new Set((plain.items ?? []).map((item) => JSON.stringify(item)));
  const strange = (page: Reply): number =>
    (page.items ?? []).filter((item) => !known.has(JSON.stringify(item))).length;
  if (reply.kind !== 'shown' || total >= pageOf(totals) || strange(reply) === 0) return;
  const again = await field.asker.ask(attack.principal, trial.question);
  const now = await field.asker.ask(attack.principal, totals.list.question(base, home));
  if (again.kind !== 'shown' || now.total !== total || strange(again) === 0) return;
  count(
    totals,
    trial,
    strange(again),
    'an empty page behind the last',
    `${strange(again)} items that no page has`,
    field,
  );
}

/** `filtered` counts what a filter left out: together with what it left in, it is what there is without it. */
async function checkFiltered(totals: Totals, field: Field): Promise<void> {
  const { attack, list, base, home, make } = totals;
  const rules = [{ key: 'created_by', values: [field.nothing], operator: 'any_of', type: 'attribute' }];
  const question = list.question(base, home, { filter_rules: rules });
  const trial: Trial = { ...make('filter', base, home), question };
  const reply = await tryIt(trial, field);
  const own = totals.plain.total ?? totals.plain.items?.length ?? 0;
  const sum = ({ total, filtered }: Reply): number | null =>
    filtered === null ? null : filtered + (total ?? 0);
  const seen = sum(reply);
  if (reply.kind !== 'shown' || seen === null || seen <= own) return;
  const again = await field.asker.ask(attack.principal, question);
  const now = await field.asker.ask(attack.principal, list.question(base, home));
  const [sumNow, ownNow] = [sum(again), now.total ?? now.items?.length ?? 0];
  if (sumNow === null || now.kind !== 'shown' || sumNow <= ownNow) return;
  const wide = widest(totals, field);
  if (wide === null) return;
  const filteredWide = await field.asker.ask(
    wide.principal,
    list.question(wide.query, wide.tenants, { filter_rules: rules }),
  );
  const allWide = await field.asker.ask(wide.principal, list.question(wide.query, wide.tenants));
  if (filteredWide.kind !== 'shown' || sum(filteredWide) !== allWide.total) return;
  count(
    totals,
    trial,
    sumNow - ownNow,
    `a counter that adds up to ${ownNow}`,
    `one that adds up to ${sumNow}`,
    field,
  );
}

/** Whether an equation holds where nothing is filtered: else it is not the list's. */
async function addsUp(totals: Totals, holds: (reply: Reply) => boolean, field: Field): Promise<boolean> {
  const wide = widest(totals, field);
  if (wide === null) return false;
  const reply = await field.asker.ask(wide.principal, totals.list.question(wide.query, wide.tenants));
  return reply.kind === 'shown' && holds(reply);
}

function widest(
  { list, attack }: Totals,
  field: Field,
): {
  readonly principal: Attack['principal'];
  readonly query: readonly string[];
  readonly tenants: readonly string[];
} | null {
  const tenant = attack.foreign[0] ?? attack.home;
  const principal = tenant === null ? undefined : field.readers.of(tenant)[0];
  if (tenant === null || principal === undefined) return null;
  const query = list.route.endpoint.query?.includes('paging') === true ? ['_size=1000'] : [];
  return principal.administrator
    ? { principal, query: [...query, '_all_tenants=true'], tenants: [tenant] }
    : { principal, query, tenants: [tenant] };
}

/** Enters a number that only the things of others explain: private ones in the tenant itself, or other tenants'. */
function count(
  totals: Totals,
  trial: Trial,
  amount: number,
  expected: string,
  observed: string,
  field: Field,
): void {
  const { attack, list } = totals;
  const { principal, home, foreign } = attack;
  const hidden = field.inventory
    .of(list.kind ?? '')
    .filter(({ scope }) => borderTo(principal, scope) !== null);
  const own = hidden.filter(({ scope }) => scope.tenant === home).length;
  const isPrivate = own > 0 && amount === own && !rolesOf(principal, home ?? '').includes('manager');
  const border: Border = isPrivate ? 'private' : 'foreign';
  const owner = isPrivate ? (home ?? '') : (foreign[0] ?? home ?? '');
  enterCount({ attack, class: list.class, border, owner, trial, amount, expected, observed }, field);
}

/** One number too high. */
export function enterCount(
  found: {
    readonly attack: Attack;
    readonly class: Trial['class'];
    readonly border: Border;
    readonly owner: string;
    readonly trial: { readonly question: Question; readonly reach: Reach };
    readonly amount: number;
    readonly expected: string;
    readonly observed: string;
  },
  field: Field,
): void {
  const { attack, border, owner, trial, amount, expected, observed } = found;
  field.ledgerOf(attack.principal).leak({
    class: found.class,
    border,
    owner: ownerName(owner),
    reach: trial.reach,
    proof: 'count',
    amount,
    at: '/metadata',
    expected: `${expected} (${expectedOf({ border, owner: ownerName(owner) })})`,
    observed,
    status: 200,
    control: null,
    request: reproduce(trial.question, attack.principal, field.asker.session.door),
  });
}

function pageOf({ base }: Totals): number {
  return base.length === 0 ? 1000 : 100;
}

/** A field by which no item can be told: lists asked for it alone show numbers only. */
function anonymousField(item: unknown): string | null {
  const names = item !== null && typeof item === 'object' ? Object.keys(item) : [];
  const wanted = [
    'created_at',
    'timestamp',
    'visibility',
    'state',
    'status',
    'description',
    'uploaded_at',
    'type',
  ];
  return wanted.find((name) => names.includes(name)) ?? null;
}

function sortField(item: unknown, { kind }: List): string | null {
  const names = item !== null && typeof item === 'object' ? Object.keys(item) : [];
  if (kind === 'event') return 'timestamp';
  return ['created_at', 'uploaded_at', 'id', 'key', 'name'].find((name) => names.includes(name)) ?? null;
}
