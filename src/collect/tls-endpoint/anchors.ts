import type { Target } from '../../model/target';
import type { PathVerdict } from '../../model/tls-endpoint';
import { systemAnchors } from '../../protocol/tls/system-anchors';
import { type Certificate, type Crl, DerError, parseCertificate, parseCrl } from '../../protocol/x509';

/** What a chain is held against: above all the certificates it may end in, and where they come from. */
export interface Anchors {
  readonly from: PathVerdict['anchors'];
  readonly certificates: readonly Certificate[];
  /** Declared CRLs that could be read. */
  readonly crls: readonly Crl[];
  /** Why the others could not: what they say is not known. */
  readonly brokenCrls: readonly string[];
  /** Lists of weak keys, where there are any. */
  readonly weakKeys: Target['weakKeys'];
}

/**
 * Anchors by scope. The manager signs its external certificate with the internal CA unless it was given another one
 * (Cloudify 7.1), so without a declared external CA the internal one is what users would have to trust.
 */
export function anchorsOf(target: Target): Readonly<Record<'internal' | 'external', Anchors>> {
  const { internal, external } = target.ca;
  const lists = { ...readCrls(target.ca.crls ?? []), weakKeys: target.weakKeys };
  const inside: Anchors =
    internal === null
      ? { from: 'none-declared', certificates: [], ...lists }
      : { from: 'internal-ca', certificates: readAll(internal), ...lists };
  if (external === null) return { internal: inside, external: inside };
  const outside: Anchors =
    external === 'system'
      ? { from: 'system', certificates: readAll(systemAnchors()), ...lists }
      : { from: 'external-ca', certificates: readAll(external), ...lists };
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

function readCrls(ders: readonly Uint8Array[]): Pick<Anchors, 'crls' | 'brokenCrls'> {
  const crls: Crl[] = [];
  const brokenCrls: string[] = [];
  for (const der of ders) {
    try {
      crls.push(parseCrl(der));
    } catch (error) {
      if (!(error instanceof DerError)) throw error;
      brokenCrls.push(error.message);
    }
  }
  return { crls, brokenCrls };
}
