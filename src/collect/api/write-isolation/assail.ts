import type { CanaryObject } from '../../../model/canaries';
import type { WriteEffect } from '../../../model/api-write-isolation';
import type { HttpResult } from '../../../protocol/http';
import type { CollectContext } from '../../collector';
import type { Person } from '../canary/people';
import { recipes, widenForm, type PlantedKind } from '../canary/recipes';
import { removeEntry } from '../canary/remove';
import type { CanaryWriter } from '../canary/writer';
import { mayWriteAtHome, type Attacker } from './attackers';
import { attemptsOn, creationsIn, type Attempt } from './attempts';
import { effectBetween, look, type Look } from './look';
import { controlKey, type ActorRecord, type Controls } from './record';

/** One tenant, its canaries, who owns them and who is sent against them. */
export interface Siege {
  readonly owner: string;
  readonly victims: readonly { readonly object: CanaryObject; readonly by: Person }[];
  readonly attackers: readonly Attacker[];
  /** Who looks in that tenant. */
  readonly keeper: Person;
  readonly people: readonly Person[];
}

/** What all parts of a siege use. */
export interface Field {
  readonly writer: CanaryWriter;
  readonly context: CollectContext;
  readonly marker: () => string;
  readonly recordOf: (person: Person) => ActorRecord;
  readonly controls: Controls;
}

/** Tries everything on one tenant; then its people do the same, so that a refusal means something. */
export async function assail(siege: Siege, field: Field): Promise<void> {
  for (const { person } of siege.attackers) field.recordOf(person).owners.add(siege.owner);
  for (const victim of siege.victims) {
    if (field.context.signal.aborted) return;
    await assailObject(victim, siege, field);
  }
  await assailByCreating(siege, field);
}

async function assailObject(
  { object, by }: Siege['victims'][number],
  siege: Siege,
  field: Field,
): Promise<void> {
  const { writer, context, marker } = field;
  let before = await look(writer, object, by, context);
  for (const attacker of siege.attackers) {
    const attempts = attemptsOn(object, attacker, marker);
    for (const attempt of attempts) await send(attempt, field);
    const after = await look(writer, object, by, context);
    const effect = effectBetween(before, after);
    if (effect === 'none') note(attempts, field);
    else if (effect === 'unseen') doubt(attempts, reasonOf(before, after), field);
    else {
      const isFound = await singleOut(attempts, object, by, field);
      const [first] = attempts;
      if (!isFound && first !== undefined) {
        field.recordOf(attacker.person).effects.push(effectOf(first, 'none', { status: null }));
        doubt(
          [first],
          `a canary was ${effect} while it was tried, and none of the attempts did so by itself`,
          field,
        );
      }
      // What is left of it is no witness any more.
      const fresh = await replant(object, by, field);
      if (fresh === null) return;
      return assailObject(
        { object: fresh, by },
        { ...siege, attackers: rest(siege.attackers, attacker) },
        field,
      );
    }
    before = after;
  }
  await control(object, by, siege.people, field);
}

/** Which of the attempts it was: each once more, on an object of its own. False: none. */
async function singleOut(
  attempts: readonly Attempt[],
  object: CanaryObject,
  by: Person,
  field: Field,
): Promise<boolean> {
  const { writer, context } = field;
  let isFound = false;
  for (const old of attempts) {
    if (context.signal.aborted) return isFound;
    const fresh = await replant(object, by, field);
    if (fresh === null) {
      doubt([old], 'no other canary could be planted', field);
      continue;
    }
    const attempt = attemptsOn(fresh, old.attacker, field.marker)[attempts.indexOf(old)];
    if (attempt === undefined) continue;
    const before = await look(writer, fresh, by, context);
    const result = await send(attempt, field);
    const after = await look(writer, fresh, by, context);
    const effect = effectBetween(before, after);
    if (effect === 'none') note([attempt], field);
    else if (effect === 'unseen') doubt([attempt], reasonOf(before, after), field);
    else {
      isFound = true;
      field.recordOf(attempt.attacker.person).effects.push(effectOf(attempt, effect, result));
    }
  }
  return isFound;
}

async function assailByCreating(siege: Siege, field: Field): Promise<void> {
  const { writer, context, marker, controls } = field;
  const { owner, keeper } = siege;
  const kinds = new Set<PlantedKind>();
  for (const attacker of siege.attackers) {
    const planted = new Set(siege.victims.map(({ object }) => object.kind));
    const creations = creationsIn(owner, attacker, mayWriteAtHome(attacker), writer.name, marker).filter(
      ({ kind }) => planted.has(kind),
    );
    for (const creation of creations) {
      if (context.signal.aborted) return;
      const { kind, id, mayLieIn, form, told, judge } = creation;
      kinds.add(kind);
      const order = {
        kind,
        id,
        mayLieIn,
        visibility: null,
        purpose: 'attempt',
        form,
        tenants: told.tenants,
      } as const;
      const created = await writer.create({
        ...order,
        person: attacker.person,
        ...(judge === undefined ? {} : { judge }),
      });
      if (created === null) return;
      const seen = await look(writer, { kind, id, tenant: owner }, keeper, context);
      // What is visible from here lies elsewhere, unless it says that it is of this tenant.
      const isHere = seen.state === 'there' && seen.body.tenant_name === owner;
      if (seen.state === 'unseen') doubt([creation], seen.reason, field);
      else if (!isHere) {
        created.entry.absentIn.add(owner);
        note([creation], field);
      } else {
        field.recordOf(attacker.person).effects.push(effectOf(creation, 'created', created.result));
      }
    }
  }
  for (const kind of kinds) {
    controls.set(controlKey('create', kind, owner), await controlCreate(kind, owner, keeper, field));
  }
}

/** The owner does to it what the others tried, and looks: only so is a refusal about them. */
async function control(
  object: CanaryObject,
  by: Person,
  people: readonly Person[],
  { writer, context, marker, controls }: Field,
): Promise<void> {
  const recipe = recipes[object.kind as PlantedKind];
  const { tenant, kind } = object;
  const key = (action: 'update' | 'delete' | 'set-visibility'): string =>
    controlKey(action, `${kind} ${object.visibility}`, tenant);
  const before = await look(writer, object, by, context);
  const updated = await writer.send(by, [tenant], recipe.update(object.id, marker()), { context });
  const after = await look(writer, object, by, context);
  controls.set(
    key('update'),
    effectBetween(before, after) === 'changed' ? null : failed('changed', by, updated),
  );
  const widen = object.visibility === 'private' ? widenForm(recipe, object.id, 'tenant') : null;
  if (widen !== null) {
    const widened = await writer.send(by, [tenant], widen, { context });
    const wider = await look(writer, object, by, context);
    const came = effectBetween(after, wider) === 'changed';
    controls.set(key('set-visibility'), came ? null : failed('made visible', by, widened));
  }
  const entry = writer.entries.find(({ create }) => create.id === object.id);
  if (entry === undefined) return;
  await removeEntry(writer, entry, people);
  const gone = entry.end === 'removed';
  controls.set(
    key('delete'),
    gone ? null : `its owner could not remove it either (${entry.reason ?? 'it was gone'})`,
  );
}

async function controlCreate(
  kind: PlantedKind,
  owner: string,
  keeper: Person,
  { writer, context, marker }: Field,
): Promise<string | null> {
  const id = writer.name(kind);
  const form = recipes[kind].create({ id, visibility: 'tenant', marker: marker() });
  const order = {
    kind,
    id,
    mayLieIn: [owner],
    visibility: 'tenant',
    purpose: 'plant',
    form,
    tenants: [owner],
  } as const;
  const created = await writer.create({ ...order, person: keeper });
  if (created === null) return 'nothing was written any more';
  const seen = await look(writer, { kind, id, tenant: owner }, keeper, context);
  return seen.state === 'there' ? null : failed('created', keeper, created.result);
}

async function replant(
  object: CanaryObject,
  by: Person,
  { writer, marker }: Field,
): Promise<CanaryObject | null> {
  const kind = object.kind as PlantedKind;
  const id = writer.name(kind);
  const { tenant, visibility } = object;
  const form = recipes[kind].create({ id, visibility, marker: marker() });
  const order = {
    kind,
    id,
    mayLieIn: [tenant],
    visibility,
    purpose: 'plant',
    form,
    tenants: [tenant],
  } as const;
  const created = await writer.create({ ...order, person: by });
  return created?.entry.created === 'created' ? { ...object, id } : null;
}

function send({ attacker, form, told, version }: Attempt, { writer, context }: Field): Promise<HttpResult> {
  return writer.send(attacker.person, told.tenants, form, { context, version });
}

function note(attempts: readonly Attempt[], { recordOf }: Field): void {
  for (const { told, attacker } of attempts) {
    const kind = told.visibility === null ? told.kind : `${told.kind} ${told.visibility}`;
    const key = controlKey(told.action, kind, told.owner);
    recordOf(attacker.person).refused.push({ request: told, control: key });
  }
}

function doubt(attempts: readonly Attempt[], reason: string, { recordOf }: Field): void {
  for (const { told, attacker } of attempts) {
    const what = `${told.action}: ${told.route} · ${told.naming} · ${told.owner}`;
    recordOf(attacker.person).unproven.push({ what, reason });
  }
}

export function effectOf(
  { told, attacker }: Attempt,
  effect: WriteEffect['effect'],
  { status }: Pick<HttpResult, 'status'>,
): WriteEffect {
  const seen = {
    none: 'reads what it was',
    created: 'finds it there',
    changed: 'reads something else',
    deleted: 'does not find it any more',
  };
  return {
    ...told,
    effect,
    status,
    expected: `${attacker.person.name} changes nothing in ${told.owner}`,
    observed: `its owner in ${told.owner} ${seen[effect]}`,
  };
}

function failed(what: string, by: Person, result: HttpResult): string {
  const said = result.kind === 'failure' ? result.reason : `answered with ${result.status}`;
  return `when its owner ${by.name} tried the same it was not ${what} either (${said})`;
}

function reasonOf(before: Look, after: Look): string {
  for (const each of [before, after]) if (each.state === 'unseen') return each.reason;
  return 'the canary was gone before it was tried';
}

function rest(attackers: readonly Attacker[], after: Attacker): readonly Attacker[] {
  return attackers.slice(attackers.indexOf(after) + 1);
}
