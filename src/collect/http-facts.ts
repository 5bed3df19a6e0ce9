import type { HttpSurface } from '../model/http-surface';
import type { HttpAnswered } from '../protocol/http';
import { classify, errorCodeOf, mediaType } from './classify';
import { disclosuresOf } from './disclosures';
import { cookieFacts, corsFacts, headerFacts, locationHost } from './header-facts';

/** Where a request went. `kind`: how the listener answers. */
export interface AnsweringListener {
  readonly node: string;
  readonly kind: HttpSurface['listener'];
  readonly scheme: HttpSurface['scheme'];
  readonly address: string;
  readonly port: number;
}

/** Facts of one exchange: what came back, and nothing in it that could be a credential. */
export function surfaceFacts(
  { node, kind, scheme, address, port }: AnsweringListener,
  { method, path, expectation, as }: Pick<HttpSurface, 'method' | 'path' | 'expectation' | 'as'>,
  answer: HttpAnswered,
  control: HttpSurface['control'],
): HttpSurface {
  return {
    node,
    listener: kind,
    address,
    port,
    scheme,
    method,
    path,
    expectation,
    as,
    status: answer.status,
    answer: classify(answer, { listener: kind, scheme, path }),
    httpVersion: answer.httpVersion,
    headers: headerFacts(answer.headers),
    cookies: cookieFacts(answer.headers),
    cors: corsFacts(answer.headers),
    contentType: mediaType(answer),
    bodyBytes: answer.bodyBytes,
    bodySha256: answer.bodySha256,
    errorCode: errorCodeOf(answer),
    discloses: disclosuresOf(answer, (as !== null || expectation === 'incidental') && answer.status < 300),
    location: locationHost(answer.headers),
    control,
  };
}
