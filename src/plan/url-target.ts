import { InputError } from '../model/errors';
import type { Target } from '../model/target';
import { defaultPorts, limitsOf } from './defaults';
import { parseHost } from './host';
import { addressesOf, resolveBySystem, type Resolve } from './resolve';

/**
 * The target of `https://HOST[:PORT]`: one manager, looked at from outside and without credentials. Everything that a
 * target file would add (CA, brokers, users, logs) stays not established. Throws InputError for any other URL, and when
 * the host cannot be resolved.
 */
export async function targetOfUrl(
  url: string,
  { resolve = resolveBySystem }: { readonly resolve?: Resolve } = {},
): Promise<Target> {
  const { authority, port } = readUrl(url);
  const host = parseHost(authority);
  if ('fault' in host) throw new InputError(`the host of the URL ${host.fault}`);
  const resolved = await addressesOf(host, resolve);
  if ('fault' in resolved) throw new InputError(`"${host.host}" ${resolved.fault}`);
  return {
    name: `${host.host.includes(':') ? `[${host.host}]` : host.host}${port === 443 ? '' : `:${port}`}`,
    version: null,
    managers: [
      {
        name: 'manager-1',
        address: host.host,
        resolved,
        // What is typed into the browser is what users dial; nothing is known of what agents dial.
        hosts: [{ ...host, declaredAt: 'url', scope: 'external' }],
        ports: { ...defaultPorts.manager, https: port },
        portMap: {},
        publicName: host.kind === 'dns' ? host.host : null,
        networks: {},
      },
    ],
    brokers: [],
    databases: [],
    tenants: [],
    ca: { internal: null, external: null },
    users: [],
    logs: [],
    vantage: null,
    limits: limitsOf(),
  };
}

/** By hand, not by WHATWG: that parser drops userinfo, repairs typing errors and hides a default port. */
function readUrl(url: string): { readonly authority: string; readonly port: number } {
  if (url.includes('@')) {
    // Never quoted back: what stands before the "@" is a credential.
    throw new InputError(
      'the URL must not hold credentials: every process of this machine can read arguments',
    );
  }
  const [, scheme, authority = '', written, rest = ''] =
    /^([a-z][a-z0-9+.-]*):\/\/(\[[^\]/?#]*\]|[^:/?#]*)(?::([^/?#]*))?(.*)$/is.exec(url) ?? [];
  if (scheme?.toLowerCase() !== 'https') {
    throw new InputError('the URL must begin with https://; port 80 is looked at without being asked for');
  }
  if (rest !== '' && rest !== '/') throw new InputError('the URL must end after the host and port');
  if (written === undefined) return { authority, port: 443 };
  const port = /^\d{1,5}$/.test(written) ? Number(written) : 0;
  if (port < 1 || port > 65535) throw new InputError('the port of the URL must be 1 to 65535');
  return { authority, port };
}
