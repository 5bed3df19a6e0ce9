import type {
  Border,
  ExistenceLeak,
  IsolationCell,
  Leak,
  Reproduction,
  ResourceClass,
  TenantNotRefused,
  Unproven,
} from '../../../model/api-isolation';

/** What was tried: a class of things of one owner, behind one border. */
export interface Place {
  readonly class: ResourceClass;
  readonly border: Border;
  readonly owner: string;
}

/** What came of everything one actor tried. What is sound is counted; what is not is kept whole. */
export interface Ledger {
  prove(place: Place, request: Reproduction): void;
  fail(place: Place, why: Unproven['why'], reason: string, route: string): void;
  leak(leak: Leak): void;
  tellExistence(leak: ExistenceLeak): void;
  /** Counts an answer of a kind of which only the odd ones are kept. */
  count(what: 'widened' | 'compared' | 'tenantTried' | 'tenantRefused'): void;
  acceptTenant(not: TenantNotRefused): void;
  /** All of it; `placesKnown`: every place there is, with how much is known to be there. */
  close(placesKnown: readonly KnownPlace[]): Closed;
}

/** A place, and what is known of it without having tried. */
export interface KnownPlace extends Place {
  readonly objects: number;
  /** Nobody declared could see whether there is something. */
  readonly isUnseen: boolean;
  /** It was to be tried. */
  readonly isPlanned: boolean;
}

/** What becomes evidence. */
export interface Closed {
  readonly cells: readonly IsolationCell[];
  readonly leaks: readonly Leak[];
  readonly existence: readonly ExistenceLeak[];
  readonly widened: number;
  readonly compared: number;
  readonly tenantTried: number;
  readonly tenantRefused: number;
  readonly tenantNotRefused: readonly TenantNotRefused[];
  readonly unproven: readonly Unproven[];
}

/** Of one kind, that many are told; their number is told always. */
const mostTold = 200;

/** Makes an empty ledger. */
export function makeLedger(): Ledger {
  const proven = new Map<string, { count: number; readonly example: Reproduction }>();
  const failed = new Map<
    string,
    { readonly first: Omit<Unproven, 'routes'>; readonly routes: Set<string>; count: number }
  >();
  const leaks = new Map<string, Leak>();
  const existence = new Map<string, ExistenceLeak>();
  const accepted = new Map<string, TenantNotRefused>();
  const counts = { widened: 0, compared: 0, tenantTried: 0, tenantRefused: 0 };
  return {
    prove(place, request) {
      const entry = proven.get(keyOf(place));
      if (entry) entry.count++;
      else proven.set(keyOf(place), { count: 1, example: request });
    },
    fail(place, why, reason, route) {
      const key = `${keyOf(place)} ${why} ${reason}`;
      const entry = failed.get(key) ?? {
        first: { ...place, why, reason },
        routes: new Set<string>(),
        count: 0,
      };
      entry.routes.add(route);
      entry.count++;
      failed.set(key, entry);
    },
    leak(leak) {
      const key = `${keyOf(leak)} ${leak.reach} ${leak.proof} ${leak.request.route}`;
      if (!leaks.has(key)) leaks.set(key, leak);
    },
    tellExistence(leak) {
      const key = `${keyOf(leak)} ${leak.by} ${leak.request.route}`;
      if (!existence.has(key)) existence.set(key, leak);
    },
    count(what) {
      counts[what]++;
    },
    acceptTenant(not) {
      const key = `${not.naming} ${not.request.route}`;
      if (!accepted.has(key)) accepted.set(key, not);
    },
    close(placesKnown) {
      const told = dropRepeated([...leaks.values()]);
      const cells = new Map<string, IsolationCell>();
      const fails = [...failed.values()];
      const cellOf = (place: Place, known: KnownPlace | null): IsolationCell => {
        const key = keyOf(place);
        const own = fails.filter(({ first }) => keyOf(first) === key);
        const good = proven.get(key);
        const isLeaking = told.some((leak) => keyOf(leak) === key);
        const isSilent = own.some(({ first }) => first.why === 'no-answer');
        const unproven = own.reduce((sum, { count }) => sum + count, 0);
        const tried = good !== undefined || own.length > 0;
        const state = isLeaking
          ? 'leaking'
          : good !== undefined && !isSilent
            ? 'isolated'
            : tried
              ? 'unproven'
              : known?.isUnseen === true
                ? 'unseen'
                : (known?.objects ?? 0) === 0
                  ? 'empty'
                  : 'not-probed';
        return {
          class: place.class,
          border: place.border,
          owner: place.owner,
          state,
          objects: known?.objects ?? 0,
          proven: good?.count ?? 0,
          unproven,
          example: good?.example ?? null,
        };
      };
      for (const known of placesKnown) cells.set(keyOf(known), cellOf(known, known));
      const others = [...told, ...fails.map(({ first }) => first)];
      for (const place of others) {
        if (!cells.has(keyOf(place))) cells.set(keyOf(place), cellOf(place, null));
      }
      return {
        cells: [...cells.values()].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1)),
        leaks: told.slice(0, mostTold),
        existence: [...existence.values()]
          .filter((each) => !told.some((leak) => isOf(leak, each)))
          .slice(0, mostTold),
        ...counts,
        tenantNotRefused: [...accepted.values()].slice(0, mostTold),
        unproven: fails
          .map(({ first, routes }) => ({ ...first, routes: [...routes].sort() }))
          .slice(0, mostTold),
      };
    },
  };
}

/** Whose content is shown, that it exists is no news. */
function isOf(leak: Leak, { request, ...place }: ExistenceLeak): boolean {
  return keyOf(leak) === keyOf(place) && (leak.request.route === request.route || leak.reach === 'plain');
}

function keyOf({ class: kind, border, owner }: Place): string {
  return `${border} ${owner} ${kind}`;
}

/** Features that only choose from what the plain request shows, or count it. */
const repeats: ReadonlySet<string> = new Set([
  'all-tenants',
  'filter',
  'include',
  'page',
  'search',
  'sort',
  'summary',
]);

/** What the plain request shows as well is no leak of the feature; lists and single things are told apart. */
function dropRepeated(leaks: readonly Leak[]): readonly Leak[] {
  const formOf = (leak: Leak): string => `${keyOf(leak)} ${leak.request.route.includes('{')}`;
  const plain = new Set(leaks.filter(({ reach }) => reach === 'plain').map(formOf));
  return leaks.filter((leak) => !repeats.has(leak.reach) || !plain.has(formOf(leak)));
}
