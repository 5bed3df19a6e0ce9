import type { Endpoint } from '../../../model/endpoint';
import { fillPath } from '../catalogue';
import type { Question } from './questions';
import type { Form } from './ask';

/** How a question is put: as it is meant; or with parameters that change what a list shows, and must not change to whom. */
export type Manner = 'plain' | 'widened';

/**
 * The request of a question in a form that changes nothing whoever sends it: identifiers that do not exist, no body,
 * short lists. Only where the tenant is named in the body (`data`) there is one, with the tenant and nothing that the
 * handler needs besides: the guard is asked after the tenant is read, and before anything else is.
 */
export function formOf(
  { route: { endpoint, template } }: Question,
  { tenant, unknownId }: { readonly tenant: string; readonly unknownId: string },
  manner: Manner = 'plain',
): Form {
  const values = Object.fromEntries(Object.keys(endpoint.params ?? {}).map((name) => [name, unknownId]));
  const path = fillPath(template, values);
  const base = {
    method: endpoint.method,
    path: `${path}${queryOf(endpoint, manner, unknownId)}`,
  };
  return endpoint.tenantFrom === 'data' ? { ...base, body: JSON.stringify({ tenant_name: tenant }) } : base;
}

/** Whether it is a list whose contents parameters choose. */
export function canBeWidened({ route: { endpoint } }: Question): boolean {
  return endpoint.method === 'GET' && (endpoint.query?.length ?? 0) > 0;
}

function queryOf({ path, query: features = [] }: Endpoint, manner: Manner, unknownId: string): string {
  const query = [
    // Exports the values of all secrets that the filter lets through: let it be none.
    ...(path === '/secrets/share/export' ? [`key=${unknownId}`] : []),
    ...(features.includes('paging') ? ['_size=1'] : []),
    ...(manner === 'widened' ? ['_include=id', '_all_tenants=true', '_sort=id', `_search=${unknownId}`] : []),
  ];
  return query.length === 0 ? '' : `?${query.join('&')}`;
}
