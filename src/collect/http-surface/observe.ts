import type { EvidenceOf, Subject } from '../../model/evidence';
import type { HttpResult } from '../../protocol/http';
import { surfaceFacts } from '../http-facts';
import type { SurveyedListener } from '../http-listeners';
import type { Asked } from './requests';
import type { Control } from './survey';

/** Makes evidence of one exchange. What was not answered, not completely, or by the rate limit, was not observed. */
export function observe(
  subject: Subject,
  listener: SurveyedListener,
  asked: Asked,
  result: HttpResult,
  { path, status, alive }: Control,
  observedAt: string,
): EvidenceOf<'http.surface'> {
  const base = { type: 'http.surface', subject, observedAt } as const;
  const unavailable = (reason: string): EvidenceOf<'http.surface'> => ({
    ...base,
    state: 'unavailable',
    reason,
  });
  if (result.kind === 'failure') return unavailable(result.reason);
  const data = surfaceFacts(listener, { ...asked, as: null }, result, { path, status, alive });
  if (data.answer === 'rate-limited') return unavailable(`answered ${result.status} (request rate limit)`);
  // A body without end that came with a 2xx was served all the same; any other kind of answer has to be whole.
  if (!result.complete && result.status >= 300) return unavailable('the body did not end');
  return { ...base, state: 'observed', data };
}
