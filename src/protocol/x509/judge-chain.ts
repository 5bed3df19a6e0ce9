import { type Certificate, parseCertificate } from './certificate';
import { DerError } from './der';
import { type PathInput, type PathResult, validatePath } from './validate';

/** A presented chain: what could be read of it, its order, and the best path that it allows. */
export interface JudgedChain {
  /** In the order in which they were sent; null where the bytes are no certificate. */
  readonly certificates: readonly (Certificate | null)[];
  /** One sentence for each presented item that cannot be read. */
  readonly problems: readonly string[];
  /** Every certificate that the path uses stands directly before its issuer, the leaf first (RFC 5246 §7.4.2). */
  readonly chainOrder: 'ordered' | 'unordered';
  /** Presented certificates, duplicates included, that the path does not need. */
  readonly unusedCertificates: number;
  /** A presented certificate is itself an anchor: allowed, but needless. */
  readonly anchorSent: boolean;
  /** What a client of the profile says today. Null when the first item cannot be read. */
  readonly result: PathResult | null;
  /** Whether the chain leads to an anchor, with dates, digests and revocation that is not known set aside. */
  readonly anchoring: PathResult | null;
}

/** Judges a chain as a server presents it, against anchors. */
export function judgeChain(
  presented: readonly Uint8Array[],
  input: Omit<PathInput, 'leaf' | 'intermediates'>,
): JudgedChain {
  const problems: string[] = [];
  const certificates = presented.map((der, i) => {
    try {
      return parseCertificate(der);
    } catch (error) {
      if (!(error instanceof DerError)) throw error;
      problems.push(`presented certificate ${String(i)} cannot be read: ${error.message}`);
      return null;
    }
  });
  const [leaf, ...rest] = certificates;
  const intermediates = rest.filter((item) => item !== null);
  const result = leaf ? validatePath({ ...input, leaf, intermediates }) : null;
  // What is set aside is asked of whole paths only: where none reached an anchor, none would now.
  const anchoring =
    leaf && result?.anchored === false && result.anchor !== null
      ? validatePath({ ...input, leaf, intermediates, setAside: ['dates', 'digests', 'revocation'] })
      : result;
  const used = placesOf(certificates, anchoring);
  const anchors = new Set(input.anchors.map((anchor) => anchor.sha256));
  return {
    certificates,
    problems,
    chainOrder: used.every((place, i) => place === i) ? 'ordered' : 'unordered',
    unusedCertificates: presented.length - used.length,
    anchorSent: certificates.some((item) => item !== null && anchors.has(item.sha256)),
    result,
    anchoring,
  };
}

/** Where the certificates of the path stand in the presented chain. */
function placesOf(certificates: readonly (Certificate | null)[], result: PathResult | null): number[] {
  const places = (result?.path ?? []).map(({ sha256 }) =>
    certificates.findIndex((item) => item?.sha256 === sha256),
  );
  return places.filter((place) => place >= 0);
}
