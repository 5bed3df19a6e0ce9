import type { ReadContent } from '../../../model/rest-secrets';
import type { HttpAnswered } from '../../../protocol/http';
import { errorCodeOf, jsonBody } from '../../classify';
import type { ContentList } from './lists';

/** Sends one GET as the reader of a tenant; null when no request is left. */
export type Ask = (path: string) => Promise<HttpAnswered | { readonly reason: string } | null>;

const noRequestLeft = 'the audit stops here, so as not to burden the manager';

/** Reads a list page by page and hands each object on. Never rejects for what the manager answers. */
export async function readList(
  { path, query, size, optional }: ContentList,
  ask: Ask,
  take: (item: unknown) => void,
): Promise<ReadContent> {
  let read = 0;
  let total: number | null = null;
  const cut = (reason: string): ReadContent => ({ path, total, read, complete: false, reason });
  for (;;) {
    const answer = await ask(`${path}?_size=${String(size)}&_offset=${String(read)}${query}`);
    if (answer === null) return cut(noRequestLeft);
    if ('reason' in answer) return cut(answer.reason);
    if (answer.status === 404 && optional && read === 0) {
      return { path, total: 0, read: 0, complete: true, reason: 'this manager has no such list' };
    }
    const page = pageOf(answer);
    if ('reason' in page) return cut(page.reason);
    for (const item of page.items) take(item);
    read += page.items.length;
    total = page.total;
    if (page.items.length === 0 || (total !== null && read >= total)) {
      // Objects may come and go meanwhile; what the manager counts and does not hand out was not read.
      return total !== null && read < total
        ? cut(`the manager counts ${String(total)} and hands out ${String(read)}`)
        : { path, total, read, complete: true, reason: null };
    }
    // Without a total, only an empty page shows the end; a list without pages would be read for ever.
    if (total === null && page.items.length !== size)
      return { path, total, read, complete: true, reason: null };
  }
}

/** One object that stands alone, e.g. the evaluated outputs of a deployment. */
export async function readOne(
  path: string,
  ask: Ask,
): Promise<{ readonly value: unknown } | { readonly reason: string }> {
  const answer = await ask(path);
  if (answer === null) return { reason: noRequestLeft };
  if ('reason' in answer) return answer;
  const value = answer.status === 200 && answer.complete ? jsonBody(answer) : undefined;
  return value === undefined ? { reason: explain(answer) } : { value };
}

function pageOf(
  answer: HttpAnswered,
): { readonly items: readonly unknown[]; readonly total: number | null } | { readonly reason: string } {
  if (answer.status !== 200) return { reason: explain(answer) };
  if (!answer.complete || answer.body.length < answer.bodyBytes)
    return { reason: 'an answer was too long or was cut' };
  const body = jsonBody(answer) as
    { items?: unknown; metadata?: { pagination?: { total?: unknown } } } | undefined;
  if (!Array.isArray(body?.items)) return { reason: 'an answer is no list of the manager' };
  const total = body.metadata?.pagination?.total;
  return { items: body.items, total: typeof total === 'number' && total >= 0 ? total : null };
}

/** What the manager answered instead, in words. */
export function explain(answer: HttpAnswered): string {
  const code = errorCodeOf(answer);
  return `the manager answered ${String(answer.status)}${code === null ? '' : ` (${code})`}`;
}
