import { ownerName, type Attack, type Field } from './field';
import type { Place } from './ledger';
import type { Principal } from './principals';
import type { Reply } from './reply';
import { reproduce, type Question } from './reproduce';

/** A list of the manager itself that everybody may read, and what in an item of it is for administrators alone. */
interface Guarded {
  readonly route: string;
  /** Permission that shows it besides; left out, administrators see it only. */
  readonly permission?: string;
  readonly words: string;
  readonly secretOf: (item: Readonly<Record<string, unknown>>) => unknown;
}

/**
 * Cloudify 7.1 lists brokers and settings to everybody who is logged in: without the broker's password (permission
 * broker_credentials), and with asterisks in place of what is for administrators (`admin_only`).
 */
const guarded: readonly Guarded[] = [
  {
    route: '/api/v3.1/brokers',
    permission: 'broker_credentials',
    words: 'the password of the message broker',
    secretOf: ({ password }) => password,
  },
  {
    route: '/api/v3.1/config',
    words: 'the value of a setting for administrators',
    secretOf: ({ admin_only: isGuarded, value }) => (isGuarded === true ? value : null),
  },
];

/** Tries to read the manager's own credentials, from which those of every tenant follow. */
export async function probeManagerCredentials(attack: Attack, field: Field): Promise<void> {
  for (const each of guarded) {
    if (!mayRead(attack.principal, each, field)) await tryList(each, attack, field);
  }
}

async function tryList({ route, words, secretOf }: Guarded, attack: Attack, field: Field): Promise<void> {
  const { principal, home } = attack;
  const question: Question = {
    method: 'GET',
    route: `GET ${route}`,
    path: route,
    tenants: home === null ? [] : [home],
  };
  const reply = await field.asker.ask(principal, question);
  const amount = countSecrets(reply, secretOf);
  const administrator = field.tenants
    .flatMap((tenant) => field.readers.of(tenant))
    .find((reader) => reader.administrator);
  const owned = administrator === undefined ? null : await field.asker.ask(administrator, question);
  const control =
    administrator === undefined || owned === null
      ? null
      : { actor: administrator.name, status: owned.status, showed: countSecrets(owned, secretOf) > 0 };
  const place: Place = { class: 'credentials', border: 'foreign', owner: ownerName('') };
  const request = reproduce(question, principal, field.asker.session.door);
  const ledger = field.ledgerOf(principal);
  if (amount > 0) {
    ledger.leak({
      ...place,
      reach: 'plain',
      proof: 'value',
      amount,
      at: '/items',
      expected: `no value: ${words} is for administrators`,
      observed: words,
      status: reply.status ?? 0,
      control,
      request,
    });
  } else if (control?.showed === true && (reply.kind === 'shown' || reply.kind === 'refused')) {
    ledger.prove(place, request);
  }
}

/** Items whose secret is there: neither empty nor asterisks. */
function countSecrets({ kind, items }: Reply, secretOf: Guarded['secretOf']): number {
  if (kind !== 'shown') return 0;
  return (items ?? []).filter((item) => {
    const value = secretOf((item ?? {}) as Readonly<Record<string, unknown>>);
    return typeof value === 'string' && value !== '' && !/^\*+$/.test(value);
  }).length;
}

function mayRead(principal: Principal, { permission }: Guarded, { permissions }: Field): boolean {
  if (permission === undefined) return principal.administrator;
  const roles = permissions[permission] ?? [];
  return [principal.systemRole, ...principal.memberships.flatMap((each) => each.roles)].some((role) =>
    roles.includes(role),
  );
}
