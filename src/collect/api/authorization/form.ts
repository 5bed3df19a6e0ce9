import { fillPath } from '../catalogue';
import type { Question } from './questions';
import type { Form } from './ask';

/**
 * The request of a question in a form that changes nothing whoever sends it: identifiers that do not exist, no body,
 * short lists. Only where the tenant is named in the body (`data`) there is one, with the tenant and nothing that the
 * handler needs besides: the guard is asked after the tenant is read, and before anything else is.
 */
export function formOf({ route: { endpoint, template } }: Question, tenant: string, unknownId: string): Form {
  const values = Object.fromEntries(Object.keys(endpoint.params ?? {}).map((name) => [name, unknownId]));
  const path = fillPath(template, values);
  const base = {
    method: endpoint.method,
    path: `${path}${queryOf(endpoint.path, endpoint.query, unknownId)}`,
  };
  return endpoint.tenantFrom === 'data' ? { ...base, body: JSON.stringify({ tenant_name: tenant }) } : base;
}

function queryOf(path: string, features: readonly string[] = [], unknownId: string): string {
  // Exports the values of all secrets that the filter lets through: let it be none.
  if (path === '/secrets/share/export') return `?key=${unknownId}`;
  return features.includes('paging') ? '?_size=1' : '';
}
