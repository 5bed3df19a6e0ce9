import type { HttpRedirect } from '../../../model/http-redirect';
import type { HeaderList } from '../../../protocol/http';
import type { CollectContext } from '../../collector';
import type { SurveyedListener } from '../../http-listeners';
import { isRateLimited, redirectOf, type Ask } from './follow';
import { bareHost } from './places';

type Forgery = HttpRedirect['forgeries'][number];

/** A host that nobody has (RFC 6761 §6.4). */
const nobodys = 'cfy-audit.invalid';

/** Paths that a careless rule turns into `//host/`, which browsers read as a host of its own. */
const forgedPaths = [`//${nobodys}/`, `/stage//${nobodys}/`, `/%5c${nobodys}/`] as const;

/** Requests that the headers of one path, and the paths of one listener, are tried with. */
export const forgedHeaders = 2;
export const forgedPathsCount = forgedPaths.length;

/** The same path in the name of another host: by the Host header, and by what proxies add. */
export async function forgeHeaders(
  listener: SurveyedListener,
  path: string,
  ask: Ask,
  context: CollectContext,
): Promise<readonly Forgery[]> {
  const proxied: HeaderList = [
    ['X-Forwarded-Host', nobodys],
    ['X-Host', nobodys],
    ['X-Forwarded-Server', nobodys],
    ['X-Original-Host', nobodys],
    ['X-HTTP-Host-Override', nobodys],
    ['Forwarded', `host=${nobodys}`],
  ];
  return [
    await forge('host', listener, path, [['Host', nobodys]], ask, context),
    await forge('proxy-headers', listener, path, proxied, ask, context),
  ];
}

/** Paths that name another host. */
export async function forgePaths(
  listener: SurveyedListener,
  ask: Ask,
  context: CollectContext,
): Promise<readonly Forgery[]> {
  const found: Forgery[] = [];
  for (const path of forgedPaths) found.push(await forge('path', listener, path, [], ask, context));
  return found;
}

async function forge(
  by: Forgery['by'],
  listener: SurveyedListener,
  path: string,
  headers: HeaderList,
  ask: Ask,
  context: CollectContext,
): Promise<Forgery> {
  const answer = await ask(listener, path, headers, context);
  const base = { by, path, status: answer.status } as const;
  if (answer.kind === 'failure') return { ...base, obeyed: null, reason: answer.reason };
  if (isRateLimited(answer, listener, path)) {
    return { ...base, obeyed: null, reason: `answered ${answer.status} (request rate limit)` };
  }
  // Relative to the host that was really asked: what leads to nobody's was taken from what we forged.
  const to = redirectOf(answer, new URL(`${listener.scheme}://${listener.host}/`));
  const obeyed = to instanceof URL && bareHost(to) === nobodys;
  // A server that is out of order shows nothing of what it would do.
  if (!obeyed && answer.status >= 500) return { ...base, obeyed: null, reason: `answered ${answer.status}` };
  return { ...base, obeyed, reason: null };
}
