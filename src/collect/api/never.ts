import type { Endpoint } from '../../model/endpoint';

/** Why an endpoint is never asked with a credential that works; null: it may be. */
export function whyNever({ probe, method, path }: Endpoint): string | null {
  if (probe === 'never') return 'changes something even when sent empty';
  switch (`${method} ${path}`) {
    case 'POST /tenants/{tenant_name}':
      return 'needs no body: where the guard fails, the premium edition creates the tenant';
    case 'POST /license':
      return 'what an empty licence does in the premium edition is not known';
    case 'GET /tenants/{tenant_name}':
      return 'the community edition answers it before it knows who asks';
    default:
      return null;
  }
}
