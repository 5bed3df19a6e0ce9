import { jsonBody } from '../../classify';
import { headerValues, type HttpAnswered, type HttpResult } from '../../../protocol/http';
import type { WrittenKind } from '../../../model/canary-ledger';
import type { Person } from './people';
import { recipes, type PlantedKind, type WriteForm } from './recipes';
import type { CanaryWriter, Entry } from './writer';

/** Whether something is there. `stranger`: of its name, but not what this run wrote. */
export type Found =
  | { readonly state: 'there'; readonly path: string }
  | { readonly state: 'absent' }
  | { readonly state: 'stranger'; readonly reason: string }
  | { readonly state: 'unknown'; readonly reason: string };

/** Looks for an entry as one person, in one tenant. */
export async function find(
  writer: CanaryWriter,
  entry: Entry,
  tenant: string | null,
  person: Person,
): Promise<Found> {
  const { kind, id } = entry.create;
  const tenants = tenant === null ? [] : [tenant];
  const read = async (path: string): Promise<HttpResult> =>
    writer.send(person, tenants, { method: 'GET', path });
  if (isPlanted(kind)) {
    const path = pathOf(kind, id);
    return judge(await read(path), path, (body) => isOurs(body, entry, kind, tenant));
  }
  switch (kind) {
    case 'token':
      return findToken(entry, read);
    case 'user':
      return judge(
        await read(`/users/${id}`),
        `/users/${id}`,
        (body) => body.username === id && body.role === 'default',
      );
    case 'tenant':
      // Of a tenant that is not there the guard says 403, as of one that is another's.
      return findTenant(id, await read('/tenants?_size=1000&_include=name'));
    case 'membership': {
      const path = `/users/${id}?_get_data=true`;
      const found = judge(await read(path), path, (body) => body.username === id);
      if (found.state !== 'there') return found;
      const { tenants: held } = bodyOf(await read(path)) ?? {};
      if (held === null || typeof held !== 'object') {
        return { state: 'unknown', reason: 'the manager does not tell the tenants of the account' };
      }
      return Object.hasOwn(held, tenant ?? '') ? found : { state: 'absent' };
    }
  }
}

/** What removes an entry. */
export function removalOf({ create: { kind, id } }: Entry, tenant: string | null, path: string): WriteForm {
  if (isPlanted(kind)) return recipes[kind].remove(id);
  if (kind !== 'membership') return { method: 'DELETE', path };
  const body = JSON.stringify({ tenant_name: tenant, username: id });
  return { method: 'DELETE', path: '/tenants/users', body };
}

/** Whether it is a resource of a tenant. */
export function isPlanted(kind: WrittenKind): kind is PlantedKind {
  return Object.hasOwn(recipes, kind);
}

/** Path of one object below the API version. */
export function pathOf(kind: PlantedKind, id: string): string {
  return recipes[kind].template.replace(/\{\w+\}/, id);
}

/** The JSON object of an answer; null when there is none. */
export function bodyOf(result: HttpResult): Readonly<Record<string, unknown>> | null {
  if (result.kind === 'failure') return null;
  const body = jsonBody(result);
  return body !== null && typeof body === 'object' && !Array.isArray(body)
    ? (body as Record<string, unknown>)
    : null;
}

/** Nothing is taken away that another account made, or that lies in another tenant. */
function isOurs(
  body: Readonly<Record<string, unknown>>,
  { create }: Entry,
  kind: PlantedKind,
  tenant: string | null,
): boolean {
  return (
    body[recipes[kind].list.field] === create.id &&
    body.created_by === create.by &&
    (body.tenant_name === undefined || body.tenant_name === tenant)
  );
}

function findTenant(id: string, listed: HttpResult): Found {
  const items = bodyOf(listed)?.items;
  if (listed.status === 404) return judge(listed, `/tenants/${id}`, () => false);
  if (listed.status !== 200 || !Array.isArray(items)) {
    return { state: 'unknown', reason: 'the manager does not list the tenants' };
  }
  const isThere = (items as Readonly<Record<string, unknown>>[]).some(({ name }) => name === id);
  return isThere ? { state: 'there', path: `/tenants/${id}` } : { state: 'absent' };
}

/** By its description, because the manager chooses the identifier, and the answer that told it may be lost. */
async function findToken(entry: Entry, read: (path: string) => Promise<HttpResult>): Promise<Found> {
  const { id: description, by } = entry.create;
  const isToken = (body: Readonly<Record<string, unknown>>): boolean =>
    body.description === description && body.username === by;
  const listed = await read('/tokens?_size=1000');
  const items = bodyOf(listed)?.items;
  if (listed.status !== 200 || !Array.isArray(items)) {
    return { state: 'unknown', reason: 'the manager does not list the tokens' };
  }
  const mine = (items as Readonly<Record<string, unknown>>[]).find((item) => isToken(item));
  if (typeof mine?.id === 'string' && /^\w{1,64}$/.test(mine.id)) {
    return { state: 'there', path: `/tokens/${mine.id}` };
  }
  if (entry.serverId === null) return { state: 'absent' };
  const path = `/tokens/${entry.serverId}`;
  return judge(await read(path), path, isToken);
}

function judge(
  result: HttpResult,
  path: string,
  isMine: (body: Readonly<Record<string, unknown>>) => boolean,
): Found {
  if (result.kind === 'failure') return { state: 'unknown', reason: result.reason };
  const body = bodyOf(result);
  if (result.status === 200 && body !== null) {
    return isMine(body)
      ? { state: 'there', path }
      : { state: 'stranger', reason: 'something of that name is there that this run did not create' };
  }
  if (isAbsent(result, body)) return { state: 'absent' };
  return { state: 'unknown', reason: `GET ${path} was answered with ${result.status}` };
}

/** 404 with the manager's own words; a premium feature that is not installed holds nothing either. */
function isAbsent(result: HttpAnswered, body: Readonly<Record<string, unknown>> | null): boolean {
  const [type = ''] = headerValues(result.headers, 'content-type');
  const codes: readonly unknown[] = ['not_found_error', 'missing_premium_package_error'];
  return result.status === 404 && type.includes('json') && codes.includes(body?.error_code);
}
