/** Why no usable answer came. Stable words: collectors and tests branch on them, people read `reason`. */
export type FailureCode =
  | 'refused' // RST to our SYN
  | 'unreachable' // no route, ICMP refusal, name that does not resolve
  | 'connect-timeout'
  | 'tls-timeout'
  | 'tls-alert' // the peer ended the handshake or the session with an alert
  | 'tls-untrusted' // the certificate does not lead to the given anchors, or is not for the given host
  | 'not-tls' // we spoke TLS, the peer something else
  | 'tls-failed'
  | 'reset'
  | 'closed' // orderly close before the first byte of an answer
  | 'headers-timeout'
  | 'body-timeout'
  | 'not-http'
  | 'malformed' // HTTP that breaks its own framing
  | 'truncated' // ended inside headers or body
  | 'headers-too-large'
  | 'too-many-interim' // a flood of 1xx answers
  | 'bad-encoding' // the body is not what Content-Encoding says, or says what we never offered
  | 'aborted'
  | 'invalid-request'
  | 'failed';

export type HeaderList = readonly (readonly [name: string, value: string])[];

/** A complete answer, or one whose body we cut ourselves (`complete: false`). */
export interface HttpAnswered {
  readonly kind: 'answer';
  readonly status: number;
  readonly statusText: string;
  /** As in the status line, e.g. `1.1`. */
  readonly httpVersion: string;
  /** As sent: order, case and duplicates included. Values are latin1 text. */
  readonly headers: HeaderList;
  /** The first keptBodyBytes of the body, content coding removed. */
  readonly body: Uint8Array;
  /** Bytes of body received, before decoding. */
  readonly bodyBytes: number;
  /** Hex SHA-256 over the bytes that bodyBytes counts. */
  readonly bodySha256: string;
  /** False when the body was longer than countedBodyBytes and we hung up. */
  readonly complete: boolean;
}

/** No usable answer. `reason` is a clause for people that holds nothing of what was sent or received. */
export interface HttpFailure {
  readonly kind: 'failure';
  readonly code: FailureCode;
  readonly reason: string;
  /** Status when the failure came after the headers, else null. */
  readonly status: number | null;
}

export type HttpResult = HttpAnswered | HttpFailure;

export function failure(code: FailureCode, reason: string, status: number | null = null): HttpFailure {
  return { kind: 'failure', code, reason, status };
}

/** Every value of a header, in order; names compare without case (RFC 9110 §5.1). */
export function headerValues(headers: HeaderList, name: string): readonly string[] {
  const wanted = name.toLowerCase();
  return headers.filter(([key]) => key.toLowerCase() === wanted).map(([, value]) => value);
}
