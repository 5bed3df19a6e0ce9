import type { Route } from './catalogue';
import { fillPath, loadEndpoints } from './catalogue';

/** An identifier that nothing has: requests with it find nothing, whoever sends them. */
const nothing = 'cfy-audit-no-such-object';

/** The path of a route as it is sent by somebody who must be refused: to nothing, but for reads that need something. */
export function harmlessPath({ endpoint, template }: Route): string {
  const { fixed } = loadEndpoints();
  const values = Object.entries(endpoint.params ?? {}).map(([name, kind]) => {
    // default_tenant is on every manager. The community edition answers for a tenant that exists before it authenticates.
    if (kind === 'tenant' && endpoint.method === 'GET') return [name, 'default_tenant'] as const;
    return [name, fixed[kind]?.[0] ?? nothing] as const;
  });
  return fillPath(template, Object.fromEntries(values));
}

/** The unversioned path that nginx rewrites to this one; null when it rewrites none. */
export function legacyPath(path: string): string | null {
  const { to, prefixes } = loadEndpoints().rewrites;
  if (!path.startsWith(`${to}/`)) return null;
  const below = path.slice(to.length);
  return prefixes.some((prefix) => below.startsWith(`/${prefix}`)) ? below : null;
}
