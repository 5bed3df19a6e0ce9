/** What counts of a CLI profile's context.json. Its user name, password and token are not looked at. */
export interface Profile {
  /** The context.json. */
  readonly path: string;
  readonly manager: string | null;
  readonly port: number | null;
  readonly protocol: string | null;
  /** `rest_certificate`, as it was written on the machine of its user. */
  readonly certificate: string | null;
  readonly problem: string | null;
}

/** Reads the context.json of a profile of the `cfy` command (Cloudify 7.1: ~/.cloudify/profiles/NAME/context.json). */
export function readProfile(path: string, bytes: Uint8Array): Profile {
  const nothing = { path, manager: null, port: null, protocol: null, certificate: null };
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'));
    if (value === null || typeof value !== 'object') return { ...nothing, problem: 'is no JSON object' };
    const fields = value as Readonly<Record<string, unknown>>;
    const text = (name: string): string | null => {
      const field = fields[name];
      return typeof field === 'string' && field !== '' ? field.slice(0, 255) : null;
    };
    const port = Number(fields.rest_port);
    return {
      path,
      manager: text('manager_ip'),
      port: Number.isInteger(port) && port > 0 && port < 65536 ? port : null,
      protocol: text('rest_protocol'),
      certificate: text('rest_certificate'),
      problem: null,
    };
  } catch {
    return { ...nothing, problem: 'is not JSON' };
  }
}

/**
 * The file of the CA that a profile trusts: the one it names, found among the declared files whatever folder they were
 * copied to, else the public_rest_cert.crt beside it.
 */
export function certificateOf(profile: Profile, paths: readonly string[]): string | null {
  const { certificate, path } = profile;
  const folder = path.slice(0, path.lastIndexOf('/'));
  const beside = (name: string): string | undefined => paths.find((other) => other === `${folder}/${name}`);
  if (certificate === null) return beside('public_rest_cert.crt') ?? null;
  const name = certificate.slice(certificate.lastIndexOf('/') + 1);
  const copied = certificate.startsWith('/') ? paths.filter((other) => other.endsWith(certificate)) : [];
  return beside(name) ?? (copied.length === 1 ? (copied[0] ?? null) : null);
}
