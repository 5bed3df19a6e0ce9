import type { ApiWriteIsolation, GuardLetIn } from '../../../model/api-write-isolation';
import type { Target } from '../../../model/target';
import type { HttpResult } from '../../../protocol/http';
import { judgeAnswer } from '../authorization/answer';
import type { CollectContext } from '../../collector';
import type { Person } from '../canary/people';
import type { WriteForm } from '../canary/recipes';
import type { CanaryWriter } from '../canary/writer';
import type { Attacker } from './attackers';

/** What the guards of one tenant said to one actor, in a run that writes nothing. */
export type Guarded = Pick<ApiWriteIsolation, 'guarded' | 'letIn' | 'unproven'>;

/** An identifier that nothing has. */
const nothing = 'cfy-audit-no-such-object';

/** Forms that change nothing whoever sends them: no body, and an identifier that nothing has. */
const inert: readonly (WriteForm & { readonly template: string })[] = [
  { method: 'PUT', template: '/secrets/{key}' },
  { method: 'PATCH', template: '/secrets/{key}' },
  { method: 'DELETE', template: '/secrets/{key}' },
  { method: 'PUT', template: '/sites/{name}' },
  { method: 'DELETE', template: '/sites/{name}' },
  { method: 'DELETE', template: '/filters/deployments/{filter_id}' },
  { method: 'DELETE', template: '/deployment-groups/{group_id}' },
  { method: 'DELETE', template: '/blueprints/{blueprint_id}' },
].map((form) => ({ ...form, path: form.template.replace(/\{\w+\}/, nothing) }));

/** How many of them are sent: one that creates and one that deletes, or all. */
function formsOf({ limits }: Pick<Target, 'limits'>): typeof inert {
  return limits.apiRequests === 'smoke'
    ? inert.filter(({ template }, at) => at === 0 || template.startsWith('/blueprints'))
    : inert;
}

/** Asks as an actor and as the tenant's own people, in the same minute. */
export async function askGuards(
  target: Pick<Target, 'limits'>,
  owner: string,
  keeper: Person,
  attackers: readonly Attacker[],
  send: CanaryWriter['send'],
  context: CollectContext,
): Promise<ReadonlyMap<Person, Guarded>> {
  const found = new Map(
    attackers.map(({ person }) => [
      person,
      {
        guarded: [] as string[],
        letIn: [] as GuardLetIn[],
        unproven: [] as { what: string; reason: string }[],
      },
    ]),
  );
  for (const { template, ...form } of formsOf(target)) {
    if (context.signal.aborted) break;
    const route = `${form.method} /api/v3.1${template}`;
    const judge = (result: HttpResult) => judgeAnswer(result, false);
    const control = judge(await send(keeper, [owner], form, { context }));
    for (const { person } of attackers) {
      const own = found.get(person);
      const answer = judge(await send(person, [owner], form, { context }));
      const what = `${route} · foreign-header · ${owner}`;
      if (own === undefined) continue;
      if (answer.observed === 'answered') {
        own.letIn.push({
          route,
          tenants: [owner],
          owner,
          status: answer.status ?? 0,
          expected: `403: ${person.name} holds no role in ${owner} that may`,
          observed: `answered with ${answer.status ?? 0}, as by code behind the guard`,
        });
      } else if (answer.observed !== 'refused') {
        own.unproven.push({ what, reason: answer.reason ?? 'no refusal that names a permission' });
      } else if (control.observed !== 'answered') {
        own.unproven.push({ what, reason: `refused, but ${keeper.name} of ${owner} was not let in either` });
      } else own.guarded.push(what);
    }
  }
  return found;
}

/** Requests that asking costs. */
export function guardRequests(
  target: Pick<Target, 'limits'>,
  sieges: readonly { readonly attackers: readonly Attacker[] }[],
): number {
  const people = new Set(sieges.flatMap(({ attackers }) => attackers.map(({ person }) => person)));
  const forms = formsOf(target).length;
  const asked = sieges.reduce((sum, { attackers }) => sum + forms * (attackers.length + 1), 0);
  return people.size + 2 + asked;
}
