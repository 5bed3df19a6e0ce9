import type { Border, Reach, Unproven } from '../../../model/api-isolation';
import { expectedOf, ownerName, type Attack, type Depth, type Field } from './field';
import type { Place } from './ledger';
import type { Principal } from './principals';
import type { Reply } from './reply';
import { reproduce, type Question } from './reproduce';
import { borderTo, type Scope } from './scope';

/** A file that an owner was shown. */
export interface StoredFile {
  /** Below /resources/, e.g. `blueprints/<tenant>/<id>/blueprint.yaml`. */
  readonly path: string;
  readonly scope: Scope;
  readonly folder: string;
}

/** Tells what files there are: folders list theirs through the proxy, and the names of archives follow from their owners. */
export async function findFiles(field: Field): Promise<readonly StoredFile[]> {
  const found = new Map<string, StoredFile>();
  const add = (path: string, scope: Scope): void => {
    const [folder = ''] = path.split('/');
    const isKnown = [...found.values()].filter(
      (file) => file.folder === folder && file.scope === scope,
    ).length;
    if (isKnown < 2 && /^[\w.\-/ ]{1,400}$/.test(path)) found.set(path, { path, scope, folder });
  };
  for (const planted of field.target.canaries?.objects ?? []) {
    const [scope] = field.inventory.scopesOf(planted.kind, planted.id);
    for (const path of planted.files ?? []) if (scope) add(path, scope);
  }
  for (const tenant of field.tenants) {
    const [reader] = field.readers.of(tenant);
    if (reader === undefined) continue;
    for (const folder of tenantFolders) {
      for (const path of await listFolder(`${folder}/${tenant}/`, reader, tenant, field)) {
        add(path, scopeOfPath(path, tenant, field));
      }
    }
    for (const { id, scope, detail } of field.inventory.of('blueprint')) {
      if (scope.tenant !== tenant || detail === null) continue;
      add(`blueprints/${tenant}/${id}/${detail}`, scope);
    }
    for (const { id, scope, detail } of field.inventory.of('plugin')) {
      if (scope.tenant === tenant && detail !== null) add(`plugins/${id}/${detail}`, scope);
    }
    for (const { id, scope } of field.inventory.of('snapshot')) {
      if (scope.tenant === tenant) add(`snapshots/${id}/${id}.zip`, managersOwn(tenant));
    }
    for (const { id, scope } of field.inventory.of('log_bundle')) {
      if (scope.tenant === tenant) add(`log_bundles/${id}.zip`, managersOwn(tenant));
    }
  }
  const administrator = field.tenants
    .flatMap((tenant) => field.readers.of(tenant))
    .find((reader) => reader.administrator);
  if (administrator) {
    for (const folder of ['snapshots', 'log_bundles']) {
      for (const path of await listFolder(`${folder}/`, administrator, field.tenants[0] ?? '', field)) {
        add(path, managersOwn(''));
      }
    }
  }
  return [...found.values()];
}

/** Folders below /resources that have one folder a tenant (Cloudify 7.1 rest/resources_v3/manager.py). */
const tenantFolders = ['blueprints', 'uploaded-blueprints', 'deployments', 'tenant-resources'];

/** Snapshots and log bundles hold every tenant's data: administrators alone may read them (snapshot_download). */
function managersOwn(tenant: string): Scope {
  const known =
    managerScopes.get(tenant) ?? ({ tenant, visibility: 'private', creator: administrators } as const);
  managerScopes.set(tenant, known);
  return known;
}

const managerScopes = new Map<string, Scope>();

/** Whose a file is: that of the blueprint or deployment in whose folder it lies. */
function scopeOfPath(path: string, tenant: string, { inventory }: Field): Scope {
  const [folder = '', , id = ''] = path.split('/');
  const kind = folder === 'deployments' ? 'deployment' : folder === 'tenant-resources' ? '' : 'blueprint';
  const known = inventory.scopesOf(kind, id).find((scope) => scope.tenant === tenant);
  return known ?? tenantScopeOf(tenant, inventory);
}

function tenantScopeOf(tenant: string, inventory: Field['inventory']): Scope {
  const shared = inventory.things.find(
    ({ scope }) => scope.tenant === tenant && scope.visibility === 'tenant',
  );
  return shared?.scope ?? { tenant, visibility: 'tenant', creator: null };
}

async function listFolder(
  folder: string,
  reader: Principal,
  tenant: string,
  field: Field,
): Promise<readonly string[]> {
  const reply = await field.asker.ask(reader, {
    method: 'GET',
    route: 'GET /api/v3.1/file-server-proxy/{path}',
    path: `/api/v3.1/file-server-proxy/${folder}`,
    tenants: [tenant],
  });
  if (reply.kind !== 'shown' || reply.json === null || typeof reply.json !== 'object') return [];
  return Object.keys(reply.json)
    .slice(0, 500)
    .map((name) => `${folder}${name}`);
}

/** Ways to write a path that a guard may read otherwise than the server behind it (RFC 3986 §6.2.2). */
function spellings(
  path: string,
  home: string | null,
): readonly { readonly name: string; readonly path: string }[] {
  const [folder = '', ...rest] = path.split('/');
  const tail = rest.join('/');
  const first = folder.charCodeAt(0).toString(16);
  const [owner = '', ...below] = rest;
  const own = home ?? 'none';
  return [
    { name: 'encoded letter', path: `/resources/%${first}${folder.slice(1)}/${tail}` },
    { name: 'double slash', path: `/resources//${path}` },
    { name: 'double slash inside', path: `/resources/${folder}//${tail}` },
    { name: 'dot', path: `/resources/./${path}` },
    { name: 'dot dot', path: `/resources/x/../${path}` },
    { name: 'open folder, dot dot', path: `/resources/cloudify_agent/../${path}` },
    { name: 'untenanted folder, dot dot', path: `/resources/plugins/../${path}` },
    { name: 'encoded dot dot', path: `/resources/x/%2e%2e/${path}` },
    { name: 'encoded slash', path: `/resources/x/..%2f${path}` },
    { name: 'own tenant, dot dot', path: `/resources/${folder}/${own}/../${tail}` },
    { name: 'own tenant, encoded slash', path: `/resources/${folder}/${own}/..%2f${tail}` },
    {
      name: 'encoded tenant',
      path: `/resources/${folder}/%${owner.charCodeAt(0).toString(16)}${owner.slice(1)}/${below.join('/')}`,
    },
    { name: 'upper case', path: `/resources/${folder.toUpperCase()}/${tail}` },
    { name: 'query', path: `/resources/${path}?tenant_name=${own}` },
    { name: 'second prefix', path: `/resources/resources/${path}` },
    { name: 'inner location', path: `/resources-local/${path}` },
  ];
}

/** Tries one account on the file server: by the path, through the proxy of the API, and spelt otherwise. */
export async function probeFiles(
  attack: Attack,
  files: readonly StoredFile[],
  depth: Depth,
  field: Field,
): Promise<void> {
  const { home, foreign } = attack;
  const spelt = new Set<string>();
  const seen = new Set<string>();
  for (const file of files) {
    const border = borderOf(file, attack);
    if (border === null || field.asker.isSpent) continue;
    if (border === 'foreign' && !isManagersOwn(file) && !foreign.includes(file.scope.tenant)) continue;
    const place: Place = { class: 'files', border, owner: ownerName(file.scope.tenant) };
    const like = `${file.folder} ${border} ${file.scope.tenant}`;
    if (depth === 'brief' && seen.has(like)) continue;
    seen.add(like);
    const owner = await ownersCopy(file, field);
    const ways: (readonly [Reach, string, string])[] = [
      ['plain', 'GET /resources/{path}', `/resources/${file.path}`],
      ['plain', 'GET /api/v3.1/file-server-proxy/{path}', `/api/v3.1/file-server-proxy/${file.path}`],
    ];
    // One spelling is read alike in every folder: each kind of folder once.
    const key = `${file.folder} ${border}`;
    if (depth === 'whole' && !spelt.has(key)) {
      spelt.add(key);
      const isTenanted = tenantFolders.includes(file.folder);
      const all = spellings(file.path, home);
      ways.push(
        ...(isTenanted && spelt.size <= 2 ? all : all.slice(0, 2)).map(
          ({ name, path }) => ['path', `GET /resources/{path} (${name})`, path] as const,
        ),
      );
      ways.push([
        'path',
        'GET /api/v3.1/file-server-proxy/{path} (prefix)',
        `/api/v3.1/file-server-proxy/resources/${file.path}`,
      ]);
    }
    for (const [reach, route, path] of ways) {
      const question: Question = { method: 'GET', route, path, tenants: home === null ? [] : [home] };
      await judgeFile(attack, place, reach, question, owner, field);
    }
    if (border === 'foreign' && depth === 'whole' && !isManagersOwn(file)) {
      const question: Question = {
        method: 'GET',
        route: 'GET /resources/{path}',
        path: `/resources/${file.path}`,
        tenants: [file.scope.tenant],
      };
      await judgeFile(attack, place, 'tenant', question, owner, field);
    }
  }
}

interface OwnersCopy {
  readonly principal: Principal;
  readonly reply: Reply;
}

const copies = new WeakMap<
  Field,
  Map<string, { readonly at: number; readonly copy: Promise<OwnersCopy | null> }>
>();

/** What the owner gets by the plain path, at most a minute ago. */
function ownersCopy(file: StoredFile, field: Field): Promise<OwnersCopy | null> {
  const known =
    copies.get(field) ??
    new Map<string, { readonly at: number; readonly copy: Promise<OwnersCopy | null> }>();
  copies.set(field, known);
  const before = known.get(file.path);
  if (before && field.asker.now() - before.at < 60_000) return before.copy;
  const read = async (): Promise<OwnersCopy | null> => {
    const principal = field.readers.forScope(file.scope) ?? field.readers.of(file.scope.tenant)[0] ?? null;
    if (principal === null) return null;
    const question: Question = {
      method: 'GET',
      route: 'GET /resources/{path}',
      path: `/resources/${file.path}`,
      tenants: file.scope.tenant === '' ? [] : [file.scope.tenant],
    };
    return { principal, reply: await field.asker.ask(principal, question) };
  };
  const copy = read();
  known.set(file.path, { at: field.asker.now(), copy });
  return copy;
}

async function judgeFile(
  attack: Attack,
  place: Place,
  reach: Reach,
  question: Question,
  owner: OwnersCopy | null,
  field: Field,
): Promise<void> {
  const { principal } = attack;
  const ledger = field.ledgerOf(principal);
  const reply = await field.asker.ask(principal, question);
  if (reply.kind === 'unsent') return;
  const fail = (why: Unproven['why'], reason: string): void => {
    ledger.fail(place, why, reason, question.route);
  };
  const isShown = owner?.reply.kind === 'shown' && owner.reply.bytes > 0;
  if (isShown && reply.kind === 'shown' && reply.sha256 === owner.reply.sha256) {
    const again = await field.asker.ask(principal, question);
    if (again.kind !== 'unsent' && again.sha256 !== owner.reply.sha256) {
      fail('control', 'was shown once, and not when asked again');
      return;
    }
    ledger.leak({
      ...place,
      reach,
      proof: 'digest',
      amount: 1,
      at: null,
      expected: expectedOf(place),
      observed: `the same ${reply.bytes} bytes as ${owner.principal.name} gets`,
      status: reply.status ?? 0,
      control: { actor: owner.principal.name, status: owner.reply.status, showed: true },
      request: reproduce(question, principal, field.asker.session.door),
    });
  } else if (reply.kind === 'silent') fail('no-answer', reply.reason);
  // The guard of /resources says no by an error of its own for what is not there, and nginx makes it a 500 (Cloudify 7.1).
  else if (reply.kind === 'broken') fail('broken', `the manager ${reply.reason}`);
  else if (!isShown) {
    fail(
      'control',
      owner === null ? 'nobody could show it' : `${owner.principal.name} ${owner.reply.reason}`,
    );
  } else if (reply.kind === 'refused' || reply.kind === 'missing') {
    ledger.prove(place, reproduce(question, principal, field.asker.session.door));
  } else fail('refused-otherwise', reply.kind === 'shown' ? 'other content was shown' : reply.reason);
}

function borderOf(file: StoredFile, { principal }: Attack): Border | null {
  // What the administrators keep for themselves is nobody else's, whatever his tenant.
  if (isManagersOwn(file)) return principal.administrator ? null : 'foreign';
  return borderTo(principal, file.scope);
}

function isManagersOwn({ scope }: StoredFile): boolean {
  return scope.creator === administrators;
}

const administrators = '(administrators)';
