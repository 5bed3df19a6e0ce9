import { recipes, type PlantedKind } from '../canary/recipes';
import { removeEntry } from '../canary/remove';
import type { Entry } from '../canary/writer';
import { effectOf, type Field, type Siege } from './assail';
import { mayWriteAtHome } from './attackers';
import type { Attempt } from './attempts';
import { effectBetween, look } from './look';
import { controlKey } from './record';

/** Kinds of which two of one name are made: a manager that forgets the tenant takes one for the other. */
const twinned: readonly PlantedKind[] = ['secret', 'site'];

/**
 * Somebody writes to what is his own, which bears the same name as something in the other tenant: what he does must come
 * to pass in his own tenant, and in it alone.
 */
export async function writeToTwins(siege: Siege, field: Field): Promise<void> {
  const attacker = siege.attackers.find(mayWriteAtHome);
  if (attacker === undefined) return;
  for (const kind of twinned) {
    if (field.context.signal.aborted) return;
    if (siege.victims.some(({ object }) => object.kind === kind))
      await writeToTwin(kind, siege, attacker, field);
  }
}

async function writeToTwin(
  kind: PlantedKind,
  { owner, keeper, people }: Siege,
  attacker: Siege['attackers'][number],
  { writer, context, marker, recordOf, controls }: Field,
): Promise<void> {
  const { person } = attacker;
  const home = attacker.home ?? '';
  const recipe = recipes[kind];
  const id = writer.name(kind);
  const record = recordOf(person);
  const make = async (tenant: string, by: typeof person): Promise<Entry | null> => {
    const form = recipe.create({ id, visibility: 'tenant', marker: marker() });
    const order = { kind, id, mayLieIn: [tenant], visibility: 'tenant', purpose: 'plant', form } as const;
    const created = await writer.create({ ...order, tenants: [tenant], person: by });
    return created?.entry.created === 'created' ? created.entry : null;
  };
  const attempt = (action: 'update' | 'delete'): Attempt => {
    const form = action === 'update' ? recipe.update(id, marker()) : recipe.remove(id);
    const told = {
      action,
      kind,
      route: `${form.method} /api/v3.1${recipe.template}`,
      path: `/api/v3.1${form.path}`,
      tenants: [home],
      naming: 'twin',
      owner,
      visibility: 'tenant',
    } as const;
    return { told, attacker, form, version: 'v3.1' };
  };
  const theirs = await make(owner, keeper);
  const own = await make(home, person);
  const what = `update and delete: ${recipe.template} · twin · ${owner}`;
  if (theirs === null || own === null) {
    record.unproven.push({ what, reason: 'two objects of one name could not be made, one in each tenant' });
    return;
  }
  const read = {
    there: () => look(writer, { kind, id, tenant: owner }, keeper, context),
    here: () => look(writer, { kind, id, tenant: home }, person, context),
  };
  for (const action of ['update', 'delete'] as const) {
    const tried = attempt(action);
    const [thereBefore, hereBefore] = [await read.there(), await read.here()];
    const result =
      action === 'update'
        ? await writer.send(person, [home], tried.form, { context })
        : await removeEntry(writer, own, people).then(() => ({ status: null }));
    const there = effectBetween(thereBefore, await read.there());
    const here = effectBetween(hereBefore, await read.here());
    if (there === 'changed' || there === 'deleted') {
      record.effects.push(effectOf(tried, there, result));
      return;
    }
    if (there === 'unseen') {
      record.unproven.push({ what, reason: 'its owner in the other tenant could not be shown it' });
      return;
    }
    const key = controlKey(action, `${kind} twin of ${person.username}`, owner);
    record.refused.push({ request: tried.told, control: key });
    controls.set(
      key,
      here === 'none' || here === 'unseen' ? 'it did not come to pass in the own tenant either' : null,
    );
  }
}
