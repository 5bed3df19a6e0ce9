import { readElement } from './der';
import { latin1 } from './values';

/** What a file or a message holds: certificates as DER in their order, and what was no certificate. */
export interface ReadCertificates {
  readonly certificates: Uint8Array[];
  /** One sentence each; never any content, since a private key may stand beside a certificate. */
  readonly problems: string[];
}

const MOST = 2000;
const BEGIN = '-----BEGIN ';
const CERTIFICATES = new Set(['CERTIFICATE', 'X509 CERTIFICATE', 'TRUSTED CERTIFICATE']);
const CRLS = new Set(['X509 CRL', 'CRL']);

/** Finds the certificates in PEM (several, with anything around them) or DER (several, one after another). */
export function readCertificates(bytes: Uint8Array): ReadCertificates {
  const { found, problems } = readBlocks(bytes, CERTIFICATES, 'certificate');
  return { certificates: found, problems };
}

/** The PKCS#7 bundles in PEM text. */
export function readPkcs7Blocks(bytes: Uint8Array): readonly Uint8Array[] {
  return readBlocks(bytes, new Set(['PKCS7', 'CMS', 'PKCS #7 SIGNED DATA']), 'PKCS#7 bundle').found;
}

/** Finds the CRLs in PEM or DER, as readCertificates finds certificates. */
export function readCrls(bytes: Uint8Array): { readonly crls: Uint8Array[]; readonly problems: string[] } {
  const { found, problems } = readBlocks(bytes, CRLS, 'CRL');
  return { crls: found, problems };
}

/** Sections of PEM text with one of these labels, whole and not decoded. */
export function readSections(
  bytes: Uint8Array,
  label: RegExp,
): readonly { readonly label: string; readonly text: string }[] {
  const text = latin1(bytes);
  const found: { label: string; text: string }[] = [];
  for (let at = text.indexOf(BEGIN); at >= 0 && found.length < MOST;) {
    const next = text.indexOf(BEGIN, at + BEGIN.length);
    const [, name] =
      /^([A-Z0-9 ]{0,40})-----/.exec(text.slice(at + BEGIN.length, at + BEGIN.length + 50)) ?? [];
    const end = text.indexOf(`-----END ${name ?? ''}-----`, at);
    if (name !== undefined && label.test(name) && end >= 0 && (next < 0 || end < next)) {
      found.push({ label: name, text: text.slice(at, end + name.length + 14) });
    }
    at = next;
  }
  return found;
}

interface Blocks {
  readonly found: Uint8Array[];
  readonly problems: string[];
}

function readBlocks(bytes: Uint8Array, labels: ReadonlySet<string>, what: string): Blocks {
  const text = latin1(bytes);
  return text.includes(BEGIN) ? readPem(text, labels, what) : readDer(bytes, what);
}

function readPem(text: string, labels: ReadonlySet<string>, what: string): Blocks {
  const found: Uint8Array[] = [];
  const problems: string[] = [];
  let at = text.indexOf(BEGIN);
  for (let block = 1; at >= 0; block += 1) {
    if (block > MOST) {
      problems.push(`more than ${String(MOST)} PEM blocks: the rest is not read`);
      break;
    }
    const label = /^[A-Z0-9 ]{0,40}(?=-----)/.exec(
      text.slice(at + BEGIN.length, at + BEGIN.length + 50),
    )?.[0];
    const next = text.indexOf(BEGIN, at + BEGIN.length);
    const section = text.slice(at, next < 0 ? undefined : next);
    if (label === undefined) problems.push(`block ${String(block)}: broken BEGIN line`);
    else if (labels.has(label)) {
      readBlock(section, label, block, found, problems);
      const odd = oddityOf(text, at, section, label);
      if (odd !== null)
        problems.push(
          `block ${String(block)}: ${odd}: OpenSSL, and with it most programs, refuses this file`,
        );
    } else problems.push(`block ${String(block)}: ${label.toLowerCase()}, not a ${what}`);
    at = next;
  }
  return { found, problems };
}

function readBlock(
  section: string,
  label: string,
  block: number,
  into: Uint8Array[],
  problems: string[],
): void {
  const start = BEGIN.length + label.length + 5;
  const end = section.indexOf(`-----END ${label}-----`);
  const name = `block ${String(block)}`;
  if (end < 0) {
    const other = section.includes('-----END ') ? 'ends with another label' : 'has no END line';
    problems.push(`${name}: ${other}`);
    return;
  }
  // RFC 7468 §2: lines of base64; RFC 1421 headers before an empty line are skipped.
  const body = section.slice(start, end).replace(/^\s*(?:[A-Za-z0-9-]+:[^\n]*\n)+\s*\n/, '');
  const base64 = body.replace(/\s+/g, '');
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) {
    problems.push(`${name}: not base64`);
    return;
  }
  const der = new Uint8Array(Buffer.from(base64, 'base64'));
  const length = der[0] === 0x30 ? lengthOf(der, 0) : null;
  if (length === null) {
    problems.push(`${name}: truncated, or not DER`);
  } else {
    // OpenSSL's TRUSTED CERTIFICATE carries trust settings after the certificate.
    if (length < der.length && label !== 'TRUSTED CERTIFICATE')
      problems.push(`${name}: data after the end of its content`);
    into.push(der.subarray(0, length));
  }
}

/**
 * Why OpenSSL does not find the block at `at`, though it can be read: it wants BEGIN and END to be whole lines that end with LF,
 * and no empty line or header between (PEM_read_bio_ex). Null where it finds it, or where there is no END.
 */
function oddityOf(text: string, at: number, section: string, label: string): string | null {
  const end = section.indexOf(`-----END ${label}-----`);
  if (end < 0) return null;
  const body = section.slice(BEGIN.length + label.length + 5, end);
  const startsLine = at === 0 || text[at - 1] === '\n' || (at === 3 && text.startsWith(BYTE_ORDER_MARK));
  if (!startsLine) return 'the BEGIN line is indented, or no line';
  if (!/^[\0-\t\v-\x20]*\n/.test(body)) return 'the BEGIN line does not end with a line feed';
  if (!body.endsWith('\n')) return 'the END line is indented, or no line';
  const after = at + end + label.length + 14;
  const rest = text.slice(after, after + 256);
  if (!/^[\0-\t\v-\x20]*(?:\n|$)/.test(rest)) return 'something follows in the END line';
  if (body.includes(':')) return 'it has header lines';
  return /[^\0-\x20][\0-\t\v-\x20]*\n[\0-\t\v-\x20]*\n/.test(body) ? 'it has an empty line' : null;
}

/** U+FEFF in UTF-8, read as ISO 8859-1. */
const BYTE_ORDER_MARK = '\u00ef\u00bb\u00bf';

function readDer(bytes: Uint8Array, what: string): Blocks {
  const found: Uint8Array[] = [];
  const problems: string[] = [];
  for (let offset = 0; offset < bytes.length;) {
    const length = bytes[offset] === 0x30 ? lengthOf(bytes, offset) : null;
    if (length === null || found.length >= MOST) {
      const left = String(bytes.length - offset);
      problems.push(
        offset === 0 ? 'neither PEM nor DER' : `${left} bytes after the last ${what} cannot be read`,
      );
      break;
    }
    found.push(bytes.subarray(offset, offset + length));
    offset += length;
  }
  if (bytes.length === 0) problems.push('empty');
  return { found, problems };
}

/** Length of the element at `offset` with its header; null when it does not fit. */
function lengthOf(bytes: Uint8Array, offset: number): number | null {
  try {
    return readElement(bytes, offset, { faults: [], where: '' }).bytes.length;
  } catch {
    return null;
  }
}
