import type { HttpRedirect, RedirectHop } from '../../../model/http-redirect';
import { headerValues, type HeaderList, type HttpResult } from '../../../protocol/http';
import { classify } from '../../classify';
import type { CollectContext } from '../../collector';
import { shownText } from '../../header-facts';
import type { SurveyedListener } from '../../http-listeners';
import { bareHost, type Places } from './places';

/** How one listener is asked; the reason where the promised number of requests has been used up. */
export type Ask = (
  listener: SurveyedListener,
  path: string,
  headers: HeaderList,
  context: CollectContext,
) => Promise<HttpResult>;

/** What came of following one path, or why its first answer is not known. */
export type Followed =
  Pick<HttpRedirect, 'status' | 'hops' | 'end' | 'reason'> | { readonly unavailable: string };

/** Browsers give up at twenty; a manager needs two. */
const mostHops = 10;

/** Follows the redirects of one path as a browser does, with the cookies that it is given, and never out of the target. */
export async function follow(
  start: SurveyedListener,
  path: string,
  places: Places,
  ask: Ask,
  context: CollectContext,
): Promise<Followed> {
  const cookies = new Map<string, string>();
  const hops: RedirectHop[] = [];
  const seen = new Set<string>();
  let listener = start;
  let url = new URL(`${start.scheme}://${start.host}${path}`);
  let sent = path;
  let status: number | null = null;
  for (;;) {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const done = (end: HttpRedirect['end'], reason: string | null = null): Followed =>
      status === null ? { unavailable: reason ?? end } : { status, hops, end, reason };
    const key = `${url.href} ${cookie}`;
    if (seen.has(key)) return done('loop');
    if (hops.length === mostHops) return done('endless');
    seen.add(key);
    const named: HeaderList = [['Host', url.host], ...(cookie === '' ? [] : [['Cookie', cookie] as const])];
    const answer = await ask(listener, sent, named, context);
    if (answer.kind === 'failure') return done('not-followed', answer.reason);
    if (isRateLimited(answer, listener, sent)) {
      return done('not-followed', `answered ${answer.status} (request rate limit)`);
    }
    status ??= answer.status;
    const next = redirectOf(answer, url);
    if (next === null) return done(answer.status >= 500 ? 'server-error' : 'answer');
    if (next === 'unreadable') return done('unreadable');
    keepCookies(cookies, answer, url);
    const { place, listener: following } = await places.locate(next, start, context);
    hops.push({
      from: schemeOf(url) === 'http' ? 'http' : 'https',
      status: answer.status,
      to: shown(next, place),
    });
    if (place === 'elsewhere') return done('left');
    if (following === null) return done('not-followed', 'the target declares no listener there');
    [listener, url, sent] = [following, next, `${next.pathname}${next.search}`];
  }
}

/** Where an answer redirects to, by the rules of browsers (WHATWG URL); null: it does not. */
export function redirectOf(answer: HttpResult, base: URL): URL | 'unreadable' | null {
  if (answer.kind === 'failure' || !redirects.has(answer.status)) return null;
  const [location] = headerValues(answer.headers, 'location');
  if (location === undefined) return null;
  try {
    return new URL(location, base);
  } catch {
    return 'unreadable';
  }
}

export function isRateLimited(answer: HttpResult, { kind, scheme }: SurveyedListener, path: string): boolean {
  return answer.kind === 'answer' && classify(answer, { listener: kind, scheme, path }) === 'rate-limited';
}

const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

function schemeOf({ protocol }: URL): RedirectHop['to']['scheme'] {
  if (protocol === 'http:') return 'http';
  return protocol === 'https:' ? 'https' : 'other';
}

function shown(url: URL, place: RedirectHop['to']['place']): RedirectHop['to'] {
  const scheme = schemeOf(url);
  if (scheme === 'other') return { scheme, host: '', port: null, path: '', place: 'elsewhere' };
  const port = url.port === '' ? null : Number(url.port);
  return {
    scheme,
    host: shownText(bareHost(url), 255),
    port,
    path: shownText(url.pathname, 200),
    place,
  };
}

const mostCookies = 20;
const longestCookie = 4096;

/**
 * Takes what an answer sets, and its removals: a balancer that redirects to the same page with its cookie set is no loop.
 * Only the host that set them would be sent them by a browser; a chain does not leave the deployment, and its hosts share.
 */
function keepCookies(cookies: Map<string, string>, answer: HttpResult, { protocol }: URL): void {
  if (answer.kind === 'failure') return;
  for (const line of headerValues(answer.headers, 'set-cookie')) {
    const [, name = '', value = ''] =
      /^\s*([\w!#$%&'*+.^`|~-]{1,128})=([\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]*)/.exec(line) ?? [];
    if (name === '' || value.length > longestCookie) continue;
    const isGone = /;\s*max-age\s*=\s*(-|0+\s*(;|$))/i.test(line);
    const isLost = protocol === 'http:' && /;\s*secure\s*(;|$)/i.test(line);
    if (isGone) cookies.delete(name);
    else if (!isLost && (cookies.has(name) || cookies.size < mostCookies)) cookies.set(name, value);
  }
}
