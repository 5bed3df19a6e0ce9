export { defaultLimits, openHttp, type HttpClient } from './client';
export type { HttpEndpoint, TlsChoice } from './connect';
export type { HttpLimits, HttpRequest } from './exchange';
export { connectionsPerRequest } from './lane';
export {
  failure,
  headerValues,
  type FailureCode,
  type HeaderList,
  type HttpAnswered,
  type HttpFailure,
  type HttpResult,
} from './result';
