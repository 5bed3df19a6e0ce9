/** What a server's plaintext answer to a ClientHello holds so far. */
export interface ServerFlight {
  /** Everything so far has been TLS records. False from the first byte that cannot be. */
  readonly tls: boolean;
  /** Why the records or messages cannot be TLS although they start so; null when all is well. */
  readonly broken: string | null;
  readonly hello: ServerHello | null;
  /** The Certificate message exactly as sent (up to TLS 1.2, where it is not encrypted). */
  readonly certificates: readonly Uint8Array[] | null;
  /** The CertificateRequest of TLS 1.2 (RFC 5246 §7.4.4); null: none was sent so far. */
  readonly certificateRequest: CertificateRequest | null;
  /** ServerHelloDone was seen: the flight of TLS ≤ 1.2 is complete. */
  readonly done: boolean;
  /** First fatal alert, else the last warning that nothing followed; null when there is none. */
  readonly alert: number | null;
  /** The alert is fatal: nothing will follow. */
  readonly fatal: boolean;
}

/** What a server says of the client certificates that it takes. */
export interface CertificateRequest {
  /** Distinguished names of CAs, DER; none: it does not say. */
  readonly authorities: readonly Uint8Array[];
}

export interface ServerHello {
  /** The version in effect: supported_versions when the server sent it (TLS 1.3), else the version field. */
  readonly version: number;
  readonly cipher: number;
  readonly helloRetryRequest: boolean;
}

/** Reads as far as the bytes go. Total, and linear in the input; never throws. */
export function readServerFlight(bytes: Buffer): ServerFlight {
  const flight = { ...emptyFlight };
  const handshake: Buffer[] = [];
  let offset = 0;
  while (offset < bytes.length && flight.broken === null) {
    const type = bytes[offset] ?? 0;
    const major = bytes[offset + 1];
    if (type < 20 || type > 24 || (major !== undefined && major !== 3)) {
      return offset === 0 ? { ...flight, tls: false } : { ...flight, broken: 'bytes between TLS records' };
    }
    if (bytes.length < offset + 5) break;
    const length = bytes.readUInt16BE(offset + 3);
    // RFC 5246 §6.2.1: at most 2^14 bytes, 2^14+2048 once encrypted; an empty record may only carry application data.
    if (length === 0 || length > 0x4800) return { ...flight, broken: 'a TLS record of impossible length' };
    const fragment = bytes.subarray(offset + 5, offset + 5 + length);
    offset += 5 + length;
    if (type === 21) {
      if (fragment.length < 2) break;
      flight.alert = fragment[1] ?? 0;
      flight.fatal = fragment[0] === 2;
      if (flight.fatal) break;
    } else if (type === 22) {
      handshake.push(fragment);
      // A warning (unrecognized_name) that the handshake went on after is not the answer.
      flight.alert = null;
    } else {
      break;
    }
  }
  return { ...flight, ...readMessages(Buffer.concat(handshake), flight.broken) };
}

const emptyFlight = {
  tls: true,
  broken: null as string | null,
  hello: null as ServerHello | null,
  certificates: null as readonly Uint8Array[] | null,
  certificateRequest: null as CertificateRequest | null,
  done: false,
  alert: null as number | null,
  fatal: false,
};

type Messages = Pick<ServerFlight, 'hello' | 'certificates' | 'certificateRequest' | 'done' | 'broken'>;

function readMessages(bytes: Buffer, broken: string | null): Messages {
  let messages: Messages = { hello: null, certificates: null, certificateRequest: null, done: false, broken };
  for (let offset = 0; offset + 4 <= bytes.length;) {
    const type = bytes[offset];
    const length = bytes.readUIntBE(offset + 1, 3);
    if (length > maxMessage) return { ...messages, broken: 'a handshake message of impossible length' };
    if (messages.hello === null && type !== 2 && type !== 0) {
      return { ...messages, broken: 'a handshake that does not start with a ServerHello' };
    }
    if (offset + 4 + length > bytes.length) break;
    const body = bytes.subarray(offset + 4, offset + 4 + length);
    offset += 4 + length;
    if (type === 2) {
      const hello = readServerHello(body);
      if (hello === null) return { ...messages, broken: 'a ServerHello that cannot be parsed' };
      messages = { ...messages, hello };
    } else if (type === 11) {
      const certificates = readCertificates(body);
      if (certificates === null)
        return { ...messages, broken: 'a Certificate message that cannot be parsed' };
      messages = { ...messages, certificates };
    } else if (type === 13) {
      messages = { ...messages, certificateRequest: readCertificateRequest(body, messages.hello) };
    } else if (type === 14) {
      return { ...messages, done: true };
    }
  }
  return messages;
}

/** OpenSSL's default for a certificate chain is 100 KiB. */
const maxMessage = 128 * 1024;

/** SHA-256 of "HelloRetryRequest": the random that marks one, RFC 8446 §4.1.3. */
const retryRandom = Buffer.from('cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c', 'hex');

function readServerHello(body: Buffer): ServerHello | null {
  const sessionId = body[34];
  if (body.length < 38 || sessionId === undefined || sessionId > 32 || body[0] !== 3) return null;
  const at = 35 + sessionId;
  if (body.length < at + 3) return null;
  const plain = {
    version: body.readUInt16BE(0),
    cipher: body.readUInt16BE(at),
    helloRetryRequest: body.subarray(2, 34).equals(retryRandom),
  };
  if (body.length === at + 3) return plain;
  if (body.length < at + 5) return null;
  const end = at + 5 + body.readUInt16BE(at + 3);
  if (end !== body.length) return null;
  for (let offset = at + 5; offset < end;) {
    if (offset + 4 > end) return null;
    const length = body.readUInt16BE(offset + 2);
    if (offset + 4 + length > end) return null;
    if (body.readUInt16BE(offset) === 43) {
      if (length !== 2) return null;
      return { ...plain, version: body.readUInt16BE(offset + 4) };
    }
    offset += 4 + length;
  }
  return plain;
}

function readCertificates(body: Buffer): readonly Uint8Array[] | null {
  if (body.length < 3 || body.readUIntBE(0, 3) !== body.length - 3) return null;
  const certificates: Uint8Array[] = [];
  for (let offset = 3; offset < body.length;) {
    if (offset + 3 > body.length) return null;
    const length = body.readUIntBE(offset, 3);
    if (length === 0 || offset + 3 + length > body.length) return null;
    certificates.push(new Uint8Array(body.subarray(offset + 3, offset + 3 + length)));
    offset += 3 + length;
  }
  return certificates;
}

/** Certificate types, from TLS 1.2 on signature algorithms, then names; what cannot be read is a request all the same. */
function readCertificateRequest(body: Buffer, hello: ServerHello | null): CertificateRequest {
  let offset = 1 + (body[0] ?? 0);
  if ((hello?.version ?? 0) >= 0x0303)
    offset += 2 + (offset + 2 <= body.length ? body.readUInt16BE(offset) : 0);
  const authorities: Uint8Array[] = [];
  for (offset += 2; offset + 2 <= body.length && authorities.length < MOST_AUTHORITIES;) {
    const end = offset + 2 + body.readUInt16BE(offset);
    if (end > body.length) break;
    authorities.push(new Uint8Array(body.subarray(offset + 2, end)));
    offset = end;
  }
  return { authorities };
}

/** A server that takes all public CAs names a hundred and a half. */
const MOST_AUTHORITIES = 200;
