import { expectedOf, ownerName, type Attack, type Field } from './field';
import { fillPath } from '../catalogue';
import type { Place } from './ledger';
import { isMember, rolesOf, type Principal } from './principals';
import type { Thing } from './inventory';
import type { Reply } from './reply';
import { reproduce, type Question } from './reproduce';
import { borderTo } from './scope';

/**
 * Hidden values of secrets are their creator's and the administrators'. Others may know that the secret is there; what they
 * get for its value must not be it.
 */
export async function probeHiddenValues(attack: Attack, field: Field): Promise<void> {
  const { principal, home, others } = attack;
  for (const tenant of [home, ...others]) {
    if (tenant === null) continue;
    for (const thing of field.inventory
      .of('secret')
      .filter((each) => isHiddenFrom(each, principal, tenant))
      .slice(0, 2)) {
      const place: Place = { class: 'secrets', border: 'hidden', owner: tenant };
      const one = '/api/v3.1/secrets/{key}';
      const all = '/api/v3.1/secrets/share/export';
      const list = '/api/v3.1/secrets';
      for (const [route, path] of [
        [one, fillPath(one, { key: thing.id })],
        [all, all],
        [list, `${list}?key=${encodeURIComponent(thing.id)}`],
      ] as const) {
        const question: Question = { method: 'GET', route: `GET ${route}`, path, tenants: [tenant] };
        await judgeValue(attack, place, question, thing.id, tenant, field);
      }
    }
  }
}

/** The secret is there for this account, its value is not: that is for its creator and the administrators. */
export function isHiddenFrom(
  { hidden, scope, creator }: Thing,
  principal: Principal,
  tenant: string,
): boolean {
  if (!hidden || scope.tenant !== tenant || borderTo(principal, scope) !== null || principal.administrator)
    return false;
  if (!isMember(principal, tenant) || rolesOf(principal, tenant).includes('manager')) return false;
  return creator !== null && creator.toLowerCase() !== principal.username.toLowerCase();
}

async function judgeValue(
  attack: Attack,
  place: Place,
  question: Question,
  key: string,
  tenant: string,
  field: Field,
): Promise<void> {
  const { principal } = attack;
  const ledger = field.ledgerOf(principal);
  const reply = await field.asker.ask(principal, question);
  if (reply.kind === 'unsent') return;
  const [reader] = field.readers.of(tenant);
  const owned = reader === undefined ? null : await field.asker.ask(reader, question);
  const [value, real] = [valueIn(reply, key), owned === null ? null : valueIn(owned, key)];
  const request = reproduce(question, principal, field.asker.session.door);
  if (value !== null && value !== '') {
    ledger.leak({
      ...place,
      reach: 'plain',
      proof: 'value',
      amount: 1,
      at: '/value',
      expected: expectedOf(place),
      observed: real === value ? 'the value that administrators get' : 'a value',
      status: reply.status ?? 0,
      control:
        reader === undefined
          ? null
          : { actor: reader.name, status: owned?.status ?? null, showed: real !== null && real !== '' },
      request,
    });
  } else if (reply.kind === 'silent') ledger.fail(place, 'no-answer', reply.reason, question.route);
  else if (reply.kind === 'broken') ledger.fail(place, 'broken', reply.reason, question.route);
  else if (real === null || real === '') {
    // The list shows nobody a value, and an export may be forbidden.
    if (question.route.includes('{'))
      ledger.fail(place, 'control', 'nobody was shown the value', question.route);
  } else ledger.prove(place, request);
}

function valueIn({ kind, json, items }: Reply, key: string): string | null {
  if (kind !== 'shown') return null;
  const rows = items ?? [json];
  const row = rows.find((each) => (each as { key?: unknown } | null)?.key === key);
  const { value } = (row ?? {}) as { value?: unknown };
  return typeof value === 'string' ? value : null;
}

/** Values are exported where the role in that very tenant may export, not wherever a list is allowed. */
export async function probeExport(attack: Attack, field: Field): Promise<void> {
  const { principal, home, others } = attack;
  const lacking = others.filter((tenant) => {
    const roles = [principal.systemRole, ...rolesOf(principal, tenant)];
    return !roles.some((role) => field.permissions.secret_export?.includes(role) === true);
  });
  if (home === null || lacking.length === 0) return;
  const path = '/api/v3.1/secrets/share/export?_all_tenants=true';
  const question: Question = {
    method: 'GET',
    route: 'GET /api/v3.1/secrets/share/export',
    path,
    tenants: [home],
  };
  const reply = await field.asker.ask(principal, question);
  for (const tenant of lacking) {
    const amount = (reply.items ?? []).filter((item) => {
      const { tenant_name: owner, value, visibility } = (item ?? {}) as Readonly<Record<string, unknown>>;
      return owner === tenant && visibility !== 'global' && typeof value === 'string' && value !== '';
    }).length;
    if (reply.kind !== 'shown' || amount === 0) continue;
    const place: Place = { class: 'secrets', border: 'hidden', owner: tenant };
    field.ledgerOf(principal).leak({
      ...place,
      reach: 'all-tenants',
      proof: 'value',
      amount,
      at: '/items',
      expected: `no export from ${tenant}, where the role may not export`,
      observed: 'values of its secrets',
      status: reply.status ?? 0,
      control: null,
      request: reproduce(question, principal, field.asker.session.door),
    });
  }
}

/** Roles that work in a tenant get its credentials at the broker, viewers do not. */
function mayWorkThere({ principal }: Attack, tenant: string, { permissions }: Field): boolean {
  const roles = permissions.tenant_rabbitmq_credentials ?? [];
  return [principal.systemRole, ...rolesOf(principal, tenant)].some((role) => roles.includes(role));
}

/** What an administrator is shown of it, once. */
const auditLogs = new WeakMap<Field, Promise<Reply> | null>();

/** The audit log tells of every tenant: it is for administrators (permission audit_log_view). */
export async function probeAuditLog(attack: Attack, field: Field): Promise<void> {
  const { principal, home } = attack;
  const tenants = home === null ? [] : [home];
  const question: Question = {
    method: 'GET',
    route: 'GET /api/v3.1/audit',
    path: '/api/v3.1/audit',
    tenants,
  };
  const reply = await field.asker.ask(principal, question);
  const administrator = field.tenants
    .flatMap((tenant) => field.readers.of(tenant))
    .find((each) => each.administrator);
  const asked =
    auditLogs.get(field) ?? (administrator === undefined ? null : field.asker.ask(administrator, question));
  auditLogs.set(field, asked);
  const owned = await asked;
  const place: Place = { class: 'events', border: 'foreign', owner: ownerName('') };
  const request = reproduce(question, principal, field.asker.session.door);
  const ledger = field.ledgerOf(principal);
  const control =
    owned === null
      ? null
      : { actor: administrator?.name ?? '', status: owned.status, showed: owned.kind === 'shown' };
  if (reply.kind === 'shown' && (reply.items ?? []).length > 0) {
    ledger.leak({
      ...place,
      reach: 'plain',
      proof: 'value',
      amount: reply.items?.length ?? 0,
      at: '/items',
      expected: 'a refusal',
      observed: 'the audit log of the manager',
      status: reply.status ?? 0,
      control,
      request,
    });
  } else if (control?.showed === true && reply.kind === 'refused') ledger.prove(place, request);
}

/** The message broker's password of each tenant stands in the list of tenants, for its own members alone (Cloudify 7.1). */
export async function probeTenantCredentials(attack: Attack, field: Field): Promise<void> {
  const { principal, home, foreign } = attack;
  for (const [tenants, more] of [
    [home === null ? [] : [home], ''],
    [foreign.slice(0, 1), '&_all_tenants=true'],
  ] as const) {
    const question: Question = {
      method: 'GET',
      route: 'GET /api/v3.1/tenants',
      path: `/api/v3.1/tenants?_include=name,rabbitmq_password${more}`,
      tenants,
    };
    const reply = await field.asker.ask(principal, question);
    if (reply.kind === 'unsent') return;
    const passwords = new Map(
      (reply.items ?? []).flatMap((item) => {
        const { name, rabbitmq_password: password } = (item ?? {}) as Readonly<Record<string, unknown>>;
        return typeof name === 'string' ? [[name, password] as const] : [];
      }),
    );
    const ledger = field.ledgerOf(principal);
    const request = reproduce(question, principal, field.asker.session.door);
    const [reader] = field.readers.of(foreign[0] ?? '');
    const owned = reader === undefined ? null : await field.asker.ask(reader, question);
    for (const [tenant, password] of passwords) {
      if (isMember(principal, tenant) && mayWorkThere(attack, tenant, field)) continue;
      const border = isMember(principal, tenant) ? 'hidden' : 'foreign';
      const place: Place = { class: 'credentials', border, owner: ownerName(tenant) };
      const shown = (owned?.items ?? []).some(
        (item) =>
          (item as Readonly<Record<string, unknown>>).name === tenant &&
          typeof (item as Readonly<Record<string, unknown>>).rabbitmq_password === 'string',
      );
      if (typeof password === 'string' && password !== '') {
        ledger.leak({
          ...place,
          reach: more === '' ? 'include' : 'all-tenants',
          proof: 'value',
          amount: 1,
          at: '/items',
          expected: `no broker password of ${tenant}`,
          observed: 'its broker password',
          status: reply.status ?? 0,
          control:
            reader === undefined
              ? null
              : { actor: reader.name, status: owned?.status ?? null, showed: shown },
          request,
        });
      } else if (field.tenants.includes(tenant) && reply.kind === 'shown') {
        if (shown) ledger.prove(place, request);
        else ledger.fail(place, 'control', 'nobody was shown the password', question.route);
      }
    }
    if (reply.kind === 'refused' && home === null) return;
  }
}
