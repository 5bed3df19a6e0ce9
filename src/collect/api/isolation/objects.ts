import { randomBytes } from 'node:crypto';
import type { Reach } from '../../../model/api-isolation';
import { fillPath, type Route } from '../catalogue';
import { tellApart } from './existence';
import {
  expectedOf,
  mayUse,
  ownerName,
  tryIt,
  type Attack,
  type Control,
  type Field,
  type Trial,
} from './field';
import type { Thing } from './inventory';
import { classOf, labelKeyOf } from './kinds';
import type { Place } from './ledger';
import { samplesOf } from './harvest';
import { hiddenSamples, type ListDepth } from './lists';
import type { Reply } from './reply';
import { reproduce, type Question } from './reproduce';
import { borderTo } from './scope';

/** Keys of others' labels. One's own things may have the same key: its values are what differs. */
function labelKeysOf({ principal }: Attack, kind: string, tenant: string, field: Field): readonly Thing[] {
  return samplesOf(field.inventory, kind, tenant, ({ scope }) => borderTo(principal, scope) !== null);
}

/** Tries every account on one route that reads a single thing: others' things, by their own identifiers. */
export async function probeObject(
  route: Route,
  depthOf: (attack: Attack) => ListDepth | null,
  field: Field,
): Promise<void> {
  const { endpoint, template } = route;
  const parameters = Object.entries(endpoint.params ?? {});
  const [[parameter, kind] = ['', '']] = parameters;
  // /labels/deployments/{key}
  const labelled = endpoint.path.split('/')[2]?.replace(/s$/, '') ?? '';
  const sampleKind = kind === 'label' ? labelKeyOf(labelled) : kind;
  const about = classOf(endpoint);
  if (parameters.length !== 1 || about === null || kind === 'file') return;
  const controls = new Map<string, { readonly at: number; readonly control: Promise<Control | null> }>();
  const question = (id: string, tenants: readonly string[], query: readonly string[] = []): Question => ({
    method: 'GET',
    route: `GET ${template}`,
    path: `${fillPath(template, { [parameter]: id })}${query.length === 0 ? '' : `?${query.join('&')}`}`,
    tenants,
  });
  /** A schedule is one of its deployment's, which has to be named (Cloudify 7.1). */
  const detailOf = ({ kind: kindOf, deployment }: Thing): readonly string[] =>
    kindOf === 'execution_schedule' && deployment !== null
      ? [`deployment_id=${encodeURIComponent(deployment)}`]
      : [];
  const control = (thing: Thing): Promise<Control | null> => {
    const key = `${thing.scope.tenant} ${thing.id}`;
    const known = controls.get(key);
    if (known && field.asker.now() - known.at < 60_000) return known.control;
    const asked = askOwner(thing);
    controls.set(key, { at: field.asker.now(), control: asked });
    return asked;
  };
  const askOwner = async (thing: Thing): Promise<Control | null> => {
    const principal = field.readers.forScope(thing.scope);
    if (principal === null) return null;
    const tenants = thing.scope.tenant === '' ? [] : [thing.scope.tenant];
    return {
      principal,
      reply: await field.asker.ask(principal, question(thing.id, tenants, detailOf(thing))),
    };
  };
  for (const attack of field.attacks) {
    const depth = depthOf(attack);
    if (depth === null || field.asker.isSpent) continue;
    await probeAs(attack, depth);
  }

  /** Whether nobody else has one of that name. */
  function isOthersOnly(id: string, principal: Attack['principal']): boolean {
    return field.inventory.scopesOf(sampleKind, id).every((scope) => borderTo(principal, scope) !== null);
  }

  async function probeAs(attack: Attack, depth: ListDepth): Promise<void> {
    const { home, foreign, principal } = attack;
    const homes = home === null ? [] : [home];
    const others = depth === 'brief' && field.plan === 'quick' ? foreign.slice(0, 1) : foreign;
    const hidden = [
      ...others,
      ...(depth === 'old' && field.plan === 'quick' ? [] : homes),
      ...(kind === 'token' ? [''] : []),
    ].flatMap((tenant) =>
      // Foreign things of one kind of visibility tell as much as those of another; in one's own tenant, private ones differ.
      (kind === 'label'
        ? labelKeysOf(attack, sampleKind, tenant, field)
        : hiddenSamples(attack, sampleKind, tenant, field)
      ).slice(0, depth === 'whole' ? 2 : 1),
    );
    const [first] = hidden;
    const absentId = absentLike(first?.id ?? '', field.nothing);
    let absentReply: Reply | undefined;
    for (const thing of hidden) {
      const border = borderTo(principal, thing.scope);
      if (border === null) continue;
      const place: Place = { class: about ?? 'other', border, owner: ownerName(thing.scope.tenant) };
      const owned = await control(thing);
      const trial = (reach: Reach, asked: Question, allTenants = false): Trial => ({
        attack,
        question: asked,
        class: place.class,
        kind,
        reach,
        allTenants,
        sent: [thing.id],
        // Bytes are compared with the owner's below: they need not hold anything that can be told.
        kept: isBytes(owned) ? [] : [{ place, control: owned }],
      });
      const plain = trial('plain', question(thing.id, homes, detailOf(thing)));
      const reply = await tryIt(plain, field);
      judgeBytes(attack, place, plain, reply, owned);
      if (
        owned?.reply.kind === 'shown' &&
        mayUse(attack, endpoint.permission, field) &&
        (depth === 'whole' || depth === 'half') &&
        isOthersOnly(thing.id, principal)
      ) {
        const absent = question(absentId, homes, detailOf(thing));
        absentReply ??= await field.asker.ask(principal, absent);
        await tellApart(
          { attack, place, question: plain.question, reply, id: thing.id, absent, absentId },
          field,
          absentReply,
        );
      }
      // What is shared in its tenant and what is private there are foreign alike: one of them is tried in every way.
      const isFirst = hidden.find(({ scope }) => borderTo(principal, scope) === border) === thing;
      if (depth === 'old' || depth === 'brief' || (!isFirst && border === 'foreign')) continue;
      if (depth === 'half' && border !== 'foreign') continue;
      if (home !== null) {
        const all = trial(
          'all-tenants',
          question(thing.id, homes, [...detailOf(thing), '_all_tenants=true']),
          true,
        );
        judgeBytes(attack, place, all, await tryIt(all, field), owned);
      }
      if (border === 'foreign' && depth === 'whole') {
        const named = trial('tenant', question(thing.id, [thing.scope.tenant], detailOf(thing)));
        judgeBytes(attack, place, named, await tryIt(named, field), owned);
        if (home !== null) {
          const both = trial(
            'tenant',
            question(thing.id, [thing.scope.tenant], [...detailOf(thing), '_all_tenants=true']),
            true,
          );
          judgeBytes(attack, place, both, await tryIt(both, field), owned);
        }
      }
    }
  }

  /** Downloads: the same bytes as the owner gets. */
  function judgeBytes(
    attack: Attack,
    place: Place,
    { question: asked, reach }: Trial,
    reply: Reply,
    owned: Control | null,
  ): void {
    if (!isBytes(owned) || owned === null || reply.kind === 'unsent') return;
    const ledger = field.ledgerOf(attack.principal);
    const request = reproduce(asked, attack.principal, field.asker.session.door);
    if (reply.kind === 'shown' && reply.sha256 === owned.reply.sha256) {
      ledger.leak({
        ...place,
        reach,
        proof: 'digest',
        amount: 1,
        at: null,
        expected: expectedOf(place),
        observed: `the same ${reply.bytes} bytes as the owner gets`,
        status: reply.status ?? 0,
        control: { actor: owned.principal.name, status: owned.reply.status, showed: true },
        request,
      });
    } else if (reply.kind === 'refused' || reply.kind === 'missing') ledger.prove(place, request);
    else
      ledger.fail(
        place,
        reply.kind === 'silent' ? 'no-answer' : reply.kind === 'broken' ? 'broken' : 'refused-otherwise',
        reply.reason,
        asked.route,
      );
  }
}

/** What the owner got is a file, not a JSON of the API. */
function isBytes(control: Control | null): boolean {
  return (
    control !== null &&
    control.reply.kind === 'shown' &&
    control.reply.json === undefined &&
    control.reply.bytes > 0
  );
}

/** An identifier of the same make that nothing has. */
function absentLike(id: string, nothing: string): string {
  return /^[0-9a-f]{8}-[0-9a-f]{4}-/.test(id)
    ? [4, 2, 2, 2, 6].map((bytes) => randomBytes(bytes).toString('hex')).join('-')
    : nothing;
}
