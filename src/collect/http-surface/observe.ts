import type { EvidenceOf, Subject } from '../../model/evidence';
import type { HttpSurface } from '../../model/http-surface';
import type { HttpAnswered, HttpResult } from '../../protocol/http';
import { classify, errorCodeOf, mediaType } from '../classify';
import { disclosuresOf } from '../disclosures';
import { cookieFacts, headerFacts, locationHost } from './header-facts';
import type { SurveyedListener } from '../http-listeners';
import type { Asked } from './requests';
import type { Control } from './survey';

/** Makes evidence of one exchange. What was not answered, not completely, or by the rate limit, was not observed. */
export function observe(
  subject: Subject,
  listener: SurveyedListener,
  asked: Asked,
  result: HttpResult,
  control: Control,
  observedAt: string,
): EvidenceOf<'http.surface'> {
  const base = { type: 'http.surface', subject, observedAt } as const;
  const unavailable = (reason: string): EvidenceOf<'http.surface'> => ({
    ...base,
    state: 'unavailable',
    reason,
  });
  if (result.kind === 'failure') return unavailable(result.reason);
  const data = factsOf(listener, asked, result, control);
  if (data.answer === 'rate-limited') return unavailable(`answered ${result.status} (request rate limit)`);
  // A body without end that came with a 2xx was served all the same; any other kind of answer has to be whole.
  if (!result.complete && result.status >= 300) return unavailable('the body did not end');
  return { ...base, state: 'observed', data };
}

function factsOf(
  listener: SurveyedListener,
  { method, path, expectation }: Asked,
  answer: HttpAnswered,
  control: Control,
): HttpSurface {
  const { kind, scheme, node, address, port } = listener;
  return {
    node,
    listener: kind,
    address,
    port,
    scheme,
    method,
    path,
    expectation,
    status: answer.status,
    answer: classify(answer, { listener: kind, scheme, path }),
    httpVersion: answer.httpVersion,
    headers: headerFacts(answer.headers),
    cookies: cookieFacts(answer.headers),
    contentType: mediaType(answer),
    bodyBytes: answer.bodyBytes,
    bodySha256: answer.bodySha256,
    errorCode: errorCodeOf(answer),
    discloses: disclosuresOf(answer),
    location: locationHost(answer.headers),
    control: { path: control.path, status: control.status, alive: control.alive },
  };
}
