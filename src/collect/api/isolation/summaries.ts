import type { Route } from '../catalogue';
import { ownerName, tryIt, type Attack, type Depth, type Field, type Trial } from './field';
import { classOf } from './kinds';
import { isMember } from './principals';
import type { Reply } from './reply';
import type { Question } from './reproduce';
import { borderTo } from './scope';
import { enterCount } from './totals';

/** Fields by which things may be counted (Cloudify 7.1 rest/resources_v3_1/summary.py), telling ones first. */
const targets: Readonly<Record<string, readonly string[]>> = {
  blueprints: ['tenant_name', 'visibility'],
  deployments: ['tenant_name', 'visibility', 'blueprint_id', 'site_name'],
  execution_schedules: ['tenant_name', 'visibility', 'deployment_id'],
  executions: ['tenant_name', 'visibility', 'deployment_id', 'blueprint_id'],
  node_instances: ['tenant_name', 'visibility', 'deployment_id'],
  nodes: ['tenant_name', 'visibility', 'deployment_id'],
};

const kinds: Readonly<Record<string, { readonly kind: string; readonly list: string }>> = {
  blueprints: { kind: 'blueprint', list: '/blueprints' },
  deployments: { kind: 'deployment', list: '/deployments' },
  execution_schedules: { kind: 'execution_schedule', list: '/execution-schedules' },
  executions: { kind: 'execution', list: '/executions' },
  node_instances: { kind: 'node_instance', list: '/node-instances' },
  nodes: { kind: 'node', list: '/nodes' },
};

/** Tries every account on one summary: rows of others, and numbers that count them. */
export async function probeSummary(
  route: Route,
  depthOf: (attack: Attack) => Depth | null,
  field: Field,
): Promise<void> {
  const { path } = route.endpoint;
  const name = path.split('/').at(-1) ?? '';
  const about = kinds[name];
  const kind = classOf(route.endpoint);
  if (about === undefined || kind === null) return;
  const question = (query: readonly string[], tenants: readonly string[]): Question => ({
    method: 'GET',
    route: `GET ${route.template}`,
    path: `${route.template}?${query.join('&')}`,
    tenants,
  });
  const listing = (query: readonly string[], tenants: readonly string[]): Question => {
    const template = route.template.replace(path, about.list);
    return { method: 'GET', route: `GET ${template}`, path: `${template}?${query.join('&')}`, tenants };
  };
  for (const attack of field.attacks) {
    const depth = depthOf(attack);
    if (depth === null || attack.home === null || field.asker.isSpent) continue;
    const fields = targets[name] ?? [];
    for (const target of depth === 'brief' ? fields.slice(0, 1) : fields) {
      for (const more of depth === 'half' ? [[]] : [[], ['_all_tenants=true']]) {
        await probeRows(attack, target, more, attack.home);
      }
    }
    if (depth === 'whole') {
      const [other] = attack.foreign;
      if (other !== undefined) {
        await probeRows(attack, 'tenant_name', [], other);
        await probeRows(attack, 'tenant_name', ['_all_tenants=true'], other);
      }
    }
  }

  async function probeRows(
    attack: Attack,
    target: string,
    more: readonly string[],
    tenant: string,
  ): Promise<void> {
    const { principal, foreign } = attack;
    if (about === undefined || kind === null) return;
    const trial: Trial = {
      attack,
      question: question([`_target_field=${target}`, ...more], [tenant]),
      class: kind,
      kind: about.kind,
      reach: 'summary',
      allTenants: more.length > 0,
      sent: [],
      isSummary: true,
      kept: [],
    };
    const reply = await tryIt(trial, field);
    if (reply.kind !== 'shown' || reply.items === null) return;
    const found = odd(reply, target, attack, trial);
    if (found !== null) {
      const again = await field.asker.ask(principal, trial.question);
      const still = again.kind === 'shown' ? odd(again, target, attack, trial) : null;
      if (still !== null) enterCount({ attack, class: kind, trial, ...still }, field);
    } else if (target === 'visibility' && tenant === attack.home) {
      await checkSum(attack, trial, reply, more, tenant, foreign[0] ?? null);
    }
  }

  /** A row that names what is not the reader's, or counts more of it than is shared. */
  function odd(
    reply: Reply,
    target: string,
    { principal }: Attack,
    { allTenants, question: { tenants } }: Trial,
  ): {
    readonly border: 'foreign' | 'private' | 'scope';
    readonly owner: string;
    readonly amount: number;
    readonly expected: string;
    readonly observed: string;
  } | null {
    for (const row of reply.items ?? []) {
      const { [target]: value, [name]: number } = (row ?? {}) as Readonly<Record<string, unknown>>;
      if (typeof value !== 'string' || typeof number !== 'number') continue;
      const things = field.inventory.of(about?.kind ?? '');
      if (target === 'tenant_name') {
        const shared = things.filter(
          ({ scope }) => scope.tenant === value && scope.visibility === 'global',
        ).length;
        if (!isMember(principal, value)) {
          // What is shared with everybody is known of the tenants that were read only.
          if (number <= shared || (!field.tenants.includes(value) && value === 'default_tenant')) continue;
          return {
            border: 'foreign',
            owner: value,
            amount: number - shared,
            expected: `at most ${shared} shared by ${value}`,
            observed: `${number} of ${value}`,
          };
        }
        const [only] = tenants;
        if (
          !allTenants &&
          only !== undefined &&
          isMember(principal, only) &&
          value !== only &&
          number > shared &&
          field.tenants.includes(value)
        ) {
          return {
            border: 'scope',
            owner: value,
            amount: number - shared,
            expected: `at most ${shared} shared by ${value}`,
            observed: `${number} of ${value}`,
          };
        }
        continue;
      }
      const referred = { deployment_id: 'deployment', blueprint_id: 'blueprint', site_name: 'site' }[target];
      const scopes = referred === undefined ? [] : field.inventory.scopesOf(referred, value);
      const borders = scopes.map((scope) => borderTo(principal, scope));
      const [scope] = scopes;
      if (scope === undefined || borders.includes(null)) continue;
      const border = borders.includes('private') ? 'private' : 'foreign';
      return {
        border,
        owner: ownerName(scope.tenant),
        amount: number,
        expected: 'no row for what belongs to others',
        observed: 'a row that names it',
      };
    }
    return null;
  }

  /** The rows together are what the list has, for the reader as in the widest view. */
  async function checkSum(
    attack: Attack,
    trial: Trial,
    reply: Reply,
    more: readonly string[],
    tenant: string,
    other: string | null,
  ): Promise<void> {
    if (about === undefined || kind === null) return;
    const { principal } = attack;
    const extra = about.kind === 'execution' ? ['_include_system_workflows=true'] : [];
    const list = await field.asker.ask(principal, listing(['_size=1', ...more, ...extra], [tenant]));
    if (list.kind !== 'shown' || list.total === null) return;
    const tooMany = sumOf(reply) - list.total;
    if (tooMany <= 0) return;
    const again = await field.asker.ask(principal, trial.question);
    const listAgain = await field.asker.ask(principal, listing(['_size=1', ...more, ...extra], [tenant]));
    if (again.kind !== 'shown' || listAgain.total === null || sumOf(again) <= listAgain.total) return;
    const [reader] = field.readers.of(other ?? tenant);
    if (reader === undefined) return;
    const wide = reader.administrator ? ['_all_tenants=true'] : [];
    const named = [other ?? tenant];
    const sum = await field.asker.ask(reader, question(['_target_field=visibility', ...wide], named));
    const all = await field.asker.ask(reader, listing(['_size=1', ...wide, ...extra], named));
    if (sum.kind !== 'shown' || all.total !== sumOf(sum)) return;
    const hidden = field.inventory
      .of(about.kind)
      .filter(({ scope }) => scope.tenant === tenant && borderTo(principal, scope) === 'private').length;
    const isPrivate = hidden > 0 && tooMany === hidden;
    enterCount(
      {
        attack,
        class: kind,
        border: isPrivate ? 'private' : 'foreign',
        owner: isPrivate ? tenant : (other ?? tenant),
        trial,
        amount: sumOf(again) - listAgain.total,
        expected: `${listAgain.total}, as the list has`,
        observed: `rows that add up to ${sumOf(again)}`,
      },
      field,
    );
  }

  function sumOf({ items }: Reply): number {
    return (items ?? []).reduce<number>((sum, row) => {
      const value = ((row ?? {}) as Readonly<Record<string, unknown>>)[name];
      return sum + (typeof value === 'number' ? value : 0);
    }, 0);
  }
}
