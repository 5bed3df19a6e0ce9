import type { Target } from '../../model/target';
import type { PathVerdict } from '../../model/tls-endpoint';
import { systemAnchors } from '../../protocol/tls/system-anchors';
import { type Certificate, DerError, parseCertificate } from '../../protocol/x509';

/** The certificates a chain may end in, and where they come from. */
export interface Anchors {
  readonly from: PathVerdict['anchors'];
  readonly certificates: readonly Certificate[];
}

/**
 * Anchors by scope. The manager signs its external certificate with the internal CA unless it was given another one
 * (Cloudify 7.1), so without a declared external CA the internal one is what users would have to trust.
 */
export function anchorsOf(target: Target): Readonly<Record<'internal' | 'external', Anchors>> {
  const { internal, external } = target.ca;
  const inside: Anchors =
    internal === null
      ? { from: 'none-declared', certificates: [] }
      : { from: 'internal-ca', certificates: readAll(internal) };
  if (external === null) return { internal: inside, external: inside };
  const outside: Anchors =
    external === 'system'
      ? { from: 'system', certificates: readAll(systemAnchors()) }
      : { from: 'external-ca', certificates: readAll(external) };
  return { internal: inside, external: outside };
}

/** Declared CA files were read when the target was loaded; one that only this parser refuses can anchor nothing. */
function readAll(ders: readonly Uint8Array[]): readonly Certificate[] {
  return ders.flatMap((der) => {
    try {
      return [parseCertificate(der)];
    } catch (error) {
      if (error instanceof DerError) return [];
      throw error;
    }
  });
}
