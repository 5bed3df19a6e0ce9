import type { Manager } from '../../../model/target';
import type { PinVerdict, TlsService } from '../../../model/tls-endpoint';
import { type Certificate, validatePath } from '../../../protocol/x509';
import { certificateOf, type Profile } from './profile';
import type { ReadFile, ReadSource } from './read';

/** The listener that is dialled. */
export interface Dialled {
  readonly service: TlsService;
  readonly node: string;
  /** Clients know the documented port, whatever forward leads to it. */
  readonly documentedPort: number;
  readonly serverName: string | null;
}

/** The name under which an agent keeps the CA it trusts (Cloudify 7.1: AGENT/cloudify/ssl/cloudify_internal_cert.pem). */
const agentPin = 'cloudify_internal_cert.pem';

/** What agents and CLI profiles that dial a listener make of the chain it presents. */
export function judgePins(
  chain: readonly Certificate[],
  endpoint: Dialled,
  managers: readonly Manager[],
  sources: readonly ReadSource[],
  at: Date,
): readonly PinVerdict[] {
  const verdict = (holder: PinVerdict['holder'], node: string | null, file: ReadFile): PinVerdict => ({
    holder,
    node,
    path: file.path,
    ...verify(chain, file, at),
  });
  return sources.flatMap((source) => {
    const { holder, node, files, profiles } = source;
    if (holder === 'agent') {
      const dialled = endpoint.service === 'rest-internal' || endpoint.service === 'amqp';
      return dialled ? agentFiles(files).map((file) => verdict(holder, node, file)) : [];
    }
    if (holder !== 'cli') return [];
    const all = sources.flatMap((other) => other.files);
    return profiles
      .filter((profile) => dials(profile, node, endpoint, managers))
      .flatMap((profile) => {
        const path = certificateOf(
          profile,
          all.map((file) => file.path),
        );
        const file = all.find((other) => other.path === path);
        return file === undefined
          ? [{ holder, node, path: profile.path, verifies: null, refusal: null }]
          : [verdict(holder, node, file)];
      });
  });
}

function agentFiles(files: readonly ReadFile[]): readonly ReadFile[] {
  const named = files.filter(({ path }) => path.endsWith(`/${agentPin}`));
  return named.length > 0 ? named : files.filter(({ certificates }) => certificates.length > 0);
}

function verify(
  [leaf, ...intermediates]: readonly Certificate[],
  { certificates, path }: ReadFile,
  at: Date,
): Pick<PinVerdict, 'verifies' | 'refusal'> {
  if (leaf === undefined || certificates.length === 0) return { verifies: null, refusal: null };
  const { anchored, detail } = validatePath({
    leaf,
    intermediates,
    anchors: certificates,
    at,
    purpose: 'serverAuth',
    profile: 'private-pki',
    setAside: ['dates', 'digests', 'revocation'],
  });
  return anchored
    ? { verifies: true, refusal: null }
    : { verifies: false, refusal: `${path} does not verify what is served: ${detail ?? 'no path'}` };
}

/** Whether a profile's connections come to this listener: its port, its manager, and what it sends as server name. */
function dials(
  profile: Profile,
  node: string | null,
  endpoint: Dialled,
  managers: readonly Manager[],
): boolean {
  const { manager: host, port, protocol } = profile;
  if (!endpoint.service.startsWith('rest-') || host === null) return false;
  if ((port ?? (protocol === 'http' ? 80 : 443)) !== endpoint.documentedPort) return false;
  const manager = managers.find(({ name }) => name === endpoint.node);
  if (manager === undefined) return false;
  const wanted = host.toLowerCase();
  const local =
    (wanted === 'localhost' || wanted === '127.0.0.1' || wanted === '::1') && node === manager.name;
  const own = [manager.address, manager.publicName, ...manager.hosts.map((declared) => declared.host)];
  if (!local && !own.some((name) => name?.toLowerCase() === wanted)) return false;
  // Users who dial the public name send it (SNI), and nginx answers with the external certificate.
  return manager.publicName?.toLowerCase() === wanted
    ? endpoint.serverName?.toLowerCase() === wanted || endpoint.documentedPort !== 443
    : endpoint.serverName === null;
}
