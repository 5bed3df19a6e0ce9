import type { CanaryObject } from '../../../model/canaries';
import type { TenantNaming, WriteRequest } from '../../../model/api-write-isolation';
import type { LedgerEntry } from '../../../model/canary-ledger';
import type { HttpResult } from '../../../protocol/http';
import { bodyOf } from '../canary/find';
import { recipes, widenForm, type PlantedKind, type Recipe, type WriteForm } from '../canary/recipes';
import { createdBy } from '../canary/writer';
import type { Attacker } from './attackers';

/** One request that must come to nothing. */
export interface Attempt {
  readonly told: WriteRequest;
  readonly attacker: Attacker;
  readonly form: WriteForm;
  readonly version: string;
}

const newest = 'v3.1';

/** How the attacker names the tenant of an object that exists. */
function namingsOf(
  { home }: Attacker,
  owner: string,
): readonly (readonly [TenantNaming, readonly string[]])[] {
  if (home === null) return [['foreign-header', [owner]], ['no-header', []]]; // prettier-ignore
  return [
    ['own-header', [home]],
    ['foreign-header', [owner]],
    ['own-all-tenants', [home]],
    ['foreign-all-tenants', [owner]],
    ['doubled-header', [home, owner]],
  ];
}

/** Everything that is tried on one object of another tenant: first what changes it, last what removes it. */
export function attemptsOn(
  victim: CanaryObject,
  attacker: Attacker,
  marker: () => string,
): readonly Attempt[] {
  const recipe = recipes[victim.kind as PlantedKind];
  const { id, tenant: owner, visibility } = victim;
  const make = (
    action: WriteRequest['action'],
    naming: TenantNaming,
    tenants: readonly string[],
    form: WriteForm,
    template: string,
    version = newest,
  ): Attempt => {
    const all = naming.endsWith('all-tenants')
      ? `${form.path.includes('?') ? '&' : '?'}_all_tenants=true`
      : '';
    const sent = { ...form, path: `${form.path}${all}` };
    const told: WriteRequest = {
      action,
      kind: recipe.kind,
      route: `${form.method} /api/${version}${template}`,
      path: `/api/${version}${sent.path}`,
      tenants,
      naming,
      owner,
      visibility,
    };
    return { told, attacker, form: sent, version };
  };
  const namings = namingsOf(attacker, owner);
  // What is visible everywhere is reached from everywhere: there the attacker's own tenant is what matters.
  const tried = visibility === 'global' ? namings.filter(([naming]) => naming.startsWith('own')) : namings;
  const updates = tried
    // From his own tenant it would make him one of his own, which he may.
    .filter(([naming]) => !recipe.updateCreates || naming.startsWith('foreign') || naming === 'no-header')
    .map(([naming, tenants]) =>
      make('update', naming, tenants, recipe.update(id, marker()), recipe.template),
    );
  const removals = tried.map(([naming, tenants]) =>
    make('delete', naming, tenants, recipe.remove(id), recipe.template),
  );
  const plain = tried.filter(([naming]) => naming === 'own-header' || naming === 'foreign-header');
  const older = visibility === 'tenant' ? recipe.removedIn.slice(0, -1) : [];
  const oldRemovals = older.flatMap((version) =>
    plain.map(([naming, tenants]) =>
      make('delete', naming, tenants, recipe.remove(id), recipe.template, version),
    ),
  );
  const widen = visibility === 'private' ? widenForm(recipe, id, 'tenant') : null;
  const widenings =
    widen === null
      ? []
      : plain.map(([naming, tenants]) =>
          make('set-visibility', naming, tenants, widen, recipe.visibilityTemplate ?? ''),
        );
  return [...updates, ...widenings, ...removals, ...oldRemovals];
}

/** One new object that must not come to lie in the other tenant; `mayLieIn`: that one first. */
export interface Creation extends Attempt {
  readonly kind: PlantedKind;
  readonly id: string;
  readonly mayLieIn: readonly string[];
  readonly judge?: (result: HttpResult) => LedgerEntry['created'];
}

/** Everything that is tried to create something in another tenant. `canWrite`: he may create in his own. */
export function creationsIn(
  owner: string,
  attacker: Attacker,
  canWrite: boolean,
  name: (kind: PlantedKind) => string,
  marker: () => string,
): readonly Creation[] {
  const { home } = attacker;
  const make = (
    recipe: Recipe,
    naming: TenantNaming,
    tenants: readonly string[],
    change: { readonly extra?: Readonly<Record<string, string>>; readonly query?: string } = {},
  ): Creation => {
    const id = name(recipe.kind);
    const draft = { id, visibility: 'tenant', marker: marker() } as const;
    const form = recipe.create(change.extra === undefined ? draft : { ...draft, extra: change.extra });
    const query = change.query === undefined ? '' : `${form.path.includes('?') ? '&' : '?'}${change.query}`;
    return creationOf(
      recipe.kind,
      id,
      naming,
      tenants,
      { ...form, path: `${form.path}${query}` },
      recipe.template,
    );
  };
  const creationOf = (
    kind: PlantedKind,
    id: string,
    naming: TenantNaming,
    tenants: readonly string[],
    form: WriteForm,
    template: string,
  ): Creation => ({
    kind,
    id,
    mayLieIn: home === null ? [owner] : [owner, home],
    attacker,
    form,
    version: newest,
    told: {
      action: 'create',
      kind,
      route: `${form.method} /api/${newest}${template}`,
      path: `/api/${newest}${form.path}`,
      tenants,
      naming,
      owner,
      visibility: null,
    },
  });
  const importing = (tenants: readonly string[]): Creation => {
    const id = name('secret');
    const secret = {
      key: id,
      value: marker(),
      tenant_name: owner,
      visibility: 'tenant',
      is_hidden_value: false,
      encrypted: false,
    };
    const body = JSON.stringify({ secrets_list: [secret], override_collisions: false });
    const path = '/secrets/share/import';
    const form = { method: 'POST', path, body };
    return { ...creationOf('secret', id, 'body', tenants, form, path), judge: importedBy };
  };
  const {
    secret: secretRecipe,
    site,
    deployments_filter: filter,
    deployment_group: group,
    blueprint,
  } = recipes;
  const foreign = [secretRecipe, site, filter, group, blueprint].map((recipe) =>
    make(recipe, 'foreign-header', [owner]),
  );
  if (home === null) return [...foreign, make(secretRecipe, 'no-header', [])];
  const named = { tenant: owner, tenant_name: owner };
  const beside = [secretRecipe, site, filter, group, blueprint].flatMap((recipe) => [
    make(recipe, 'body', [home], { extra: named }),
    make(recipe, 'query', [home], { query: new URLSearchParams(named).toString() }),
  ]);
  const doubled = [
    make(secretRecipe, 'doubled-header', [home, owner]),
    make(secretRecipe, 'doubled-header', [owner, home]),
    make(secretRecipe, 'own-all-tenants', [home], { query: '_all_tenants=true' }),
  ];
  return [...foreign, ...(canWrite ? [...beside, ...doubled, importing([home])] : [])];
}

/** An import is answered with 200 and what went wrong with each secret (SecretsImport of Cloudify 7.1). */
function importedBy(result: HttpResult): LedgerEntry['created'] {
  const errors = bodyOf(result)?.secrets_errors;
  const hasErrors = errors !== null && typeof errors === 'object' && Object.keys(errors).length > 0;
  return hasErrors ? 'refused' : createdBy(result.status);
}
