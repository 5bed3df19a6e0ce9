import { headerValues, type HttpAnswered } from '../../protocol/http';
import { isNginxPage, jsonObject } from '../classify';
import type { BasicService } from './http';

/** nginx in front of metrics and logs (8009): it asks for the password itself, before anything behind it. */
export function monitoringAt(host: string): BasicService {
  const isPage = (answer: HttpAnswered): boolean =>
    answer.status === 401 && challenges(answer) && isNginxPage(answer, '401 Authorization Required');
  return {
    path: '/monitoring/',
    host,
    isChallenge: isPage,
    judge: (answer) => {
      if (isPage(answer)) return 'refused';
      return answer.status >= 200 && answer.status < 400 ? 'accepted' : null;
    },
  };
}

/** The API of RabbitMQ management. `whoami` tells a user its own name and tags, and is open to every one of them. */
export function managementAt(host: string): BasicService {
  return {
    path: '/api/whoami',
    host,
    isChallenge: (answer) => answer.status === 401 && challenges(answer),
    judge: (answer) => {
      const { name, error, reason } = jsonObject(answer);
      if (answer.status === 200) return typeof name === 'string' ? 'accepted' : null;
      if (answer.status !== 401 || typeof reason !== 'string') return null;
      if (error !== 'not_authorised' && error !== 'not_authorized') return null;
      // Both are said only to whoever knows the password (RabbitMQ 3.10, rabbit_mgmt_util).
      if (/^not management user$|via localhost/i.test(reason)) return 'accepted';
      return /^login failed$|^not[_ ]authori[sz]ed$/i.test(reason) ? 'refused' : null;
    },
  };
}

/** The REST service of a manager. */
export function restAt(host: string): BasicService {
  return {
    path: '/api/v3.1/status',
    host,
    isChallenge: (answer) => answer.status === 401 && jsonObject(answer).error_code === 'unauthorized_error',
    judge: (answer, control) => {
      const { error_code: code, message } = jsonObject(answer);
      if (isAdmitted(answer)) return 'accepted';
      // Cloudify 7.1 names the account where it exists and the password is wrong, and a manager that tells no accounts apart
      // says so of any. One that does not exist in 7.1 is answered as a caller without credentials, and so is one whose
      // credentials a proxy has taken away.
      const isAboutPassword =
        typeof message === 'string' &&
        /Authentication failed\b.*\bWrong credentials/i.test(message) &&
        message !== jsonObject(control).message;
      return answer.status === 401 && code === 'unauthorized_error' && isAboutPassword ? 'refused' : null;
    },
  };
}

/** The status of all services, or a refusal that comes after the log-in. */
export function isAdmitted(answer: HttpAnswered): boolean {
  const body = jsonObject(answer);
  if (answer.status === 200) return typeof body.status === 'string' && 'services' in body;
  return answer.status === 403 && body.error_code === 'forbidden_error';
}

function challenges(answer: HttpAnswered): boolean {
  return headerValues(answer.headers, 'www-authenticate').some((value) => /^basic\b/i.test(value));
}
