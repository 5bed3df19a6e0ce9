import type { Reproduction } from '../../../model/api-isolation';
import type { Door } from '../doors';
import type { Principal } from './principals';

/** One request of the isolation tests, before it is sent. */
export interface Question {
  readonly method: 'GET' | 'HEAD' | 'POST';
  /** Method and path template with its version. */
  readonly route: string;
  /** Path and query, sent byte for byte. */
  readonly path: string;
  /** Values of the Tenant header, in order. */
  readonly tenants: readonly string[];
  /** JSON. */
  readonly body?: string;
}

/** How anybody repeats a request. Holds no credential: variables stand for them. */
export function reproduce(
  question: Question,
  { credential }: Principal,
  { host, scheme }: Door,
): Reproduction {
  const { method, route, path, tenants, body } = question;
  const who =
    credential.kind === 'token'
      ? ['-H', '"Authentication-Token: $CFY_TOKEN"']
      : ['-u', '"$CFY_USER:$CFY_PASSWORD"'];
  const parts = [
    'curl',
    method === 'HEAD' ? '-sSI' : '-sS',
    '--path-as-is',
    '--cacert',
    '"$CFY_CA"',
    ...who,
    ...tenants.flatMap((tenant) => ['-H', quote(`Tenant: ${tenant}`)]),
    ...(body === undefined
      ? []
      : ['-X', method, '-H', quote('Content-Type: application/json'), '-d', quote(body)]),
    quote(`${scheme}://${host}${path}`),
  ];
  return { route, path, tenants, curl: parts.join(' ') };
}

/** For a POSIX shell. */
function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
