import type { RedirectHop } from '../../../model/http-redirect';
import type { Target } from '../../../model/target';
import { openTcp } from '../../../protocol/tcp/connect';
import { secureUnverified } from '../../../protocol/tls/secure';
import { DerError, matchHost, parseCertificate } from '../../../protocol/x509';
import type { CollectContext } from '../../collector';
import { destinationOf } from '../../destination';
import { listenersOf, type SurveyedListener } from '../../http-listeners';

/** Where a URL leads, as far as the target file tells. */
export interface Destined {
  readonly place: RedirectHop['to']['place'];
  /** The listener that answers there; null: none is declared. */
  readonly listener: SurveyedListener | null;
}

/** Connections that `locate` opens at most for each listener at which chains begin: to read its certificate. */
export const certificateConnections = 1;

/** Tells whose a URL is. Names are compared, never resolved: whoever answers to them elsewhere is not asked. */
export interface Places {
  locate(url: URL, start: SurveyedListener, context: CollectContext): Promise<Destined>;
}

export function placesOf(target: Target): Places {
  const listeners = listenersOf(target);
  const names = namesOf(target);
  const certified = new Map<SurveyedListener, Promise<(name: string) => boolean>>();
  return {
    locate: async (url, start, context) => {
      const host = bareHost(url);
      const owners = names.filter((each) => each.hosts.has(host)).map(({ node }) => node);
      if (owners.length > 0) {
        // A name of several nodes is a load balancer's, or an address that is dialled for all: chains stay where they began.
        const node = owners.includes(start.node) ? start.node : owners[0];
        const own = listeners.filter((each) => each.node === node);
        return { place: 'declared', listener: fitting(url, own, start) };
      }
      const secured = start.scheme === 'https' ? start : sibling(start, listeners);
      if (secured === null) return { place: 'elsewhere', listener: null };
      const reading = certified.get(secured) ?? readNames(secured, context);
      certified.set(secured, reading);
      if (!(await reading)(host)) return { place: 'elsewhere', listener: null };
      const own = listeners.filter((each) => each.node === start.node);
      return { place: 'certified', listener: fitting(url, own, start) };
    },
  };
}

/** Host of a URL as names are compared: lower case, no brackets, no final dot. */
export function bareHost({ hostname }: URL): string {
  return hostname
    .toLowerCase()
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '');
}

/** A port that is written out is that port; without one it is that of the scheme, wherever the target says it is dialled. */
function fitting(
  { protocol, port }: URL,
  listeners: readonly SurveyedListener[],
  start: SurveyedListener,
): SurveyedListener | null {
  const scheme = protocol.slice(0, -1);
  if (port !== '') {
    const same = listeners.filter((each) => each.port === Number(port) && each.scheme === scheme);
    return same.find((each) => each === start) ?? same[0] ?? null;
  }
  const usual = scheme === 'http' ? 'http' : 'rest-external';
  return listeners.find(({ kind }) => kind === usual) ?? null;
}

/** The listener whose certificate speaks for the names of a clear-text one. */
function sibling(start: SurveyedListener, listeners: readonly SurveyedListener[]): SurveyedListener | null {
  return listeners.find(({ node, kind }) => node === start.node && kind === 'rest-external') ?? null;
}

function namesOf(target: Target): readonly { readonly node: string; readonly hosts: ReadonlySet<string> }[] {
  const nodes = [
    ...target.managers.map((each) => ({ ...each, more: [each.publicName, ...Object.values(each.networks)] })),
    ...[...target.brokers, ...target.databases].map((each) => ({ ...each, more: [] })),
  ];
  return nodes.map(({ name, address, resolved, hosts, more }) => ({
    node: name,
    hosts: new Set(
      [address, ...resolved, ...hosts.map(({ host }) => host), ...more].flatMap((each) =>
        each === null ? [] : [each.toLowerCase()],
      ),
    ),
  }));
}

/** Which names the certificate of a listener holds; none where it shows none. */
async function readNames(
  { address, port, endpoint }: SurveyedListener,
  context: CollectContext,
): Promise<(name: string) => boolean> {
  const none = (): boolean => false;
  const to = destinationOf({ address, port }, context);
  const opened = await openTcp(to);
  if (!opened.ok) return none;
  try {
    const secured = await secureUnverified(opened.value, endpoint.tls?.serverName ?? null, to);
    const raw = secured.ok ? secured.value.getPeerX509Certificate()?.raw : undefined;
    if (raw === undefined) return none;
    const certificate = parseCertificate(raw);
    return (name) => ['dns', 'ip'].includes(matchHost(certificate, name));
  } catch (error) {
    if (error instanceof DerError) return none;
    throw error;
  } finally {
    opened.value.destroy();
  }
}
