import type { AccountExistence } from '../../model/account-existence';
import type { HttpAnswered, HttpResult } from '../../protocol/http';
import { bodyText, classify, errorCodeOf, jsonBody } from '../classify';
import { literally } from '../literally';
import type { ApiSession } from './session';

/** Answers to compare: a wrong password of an account that exists, and one of each of two names that nobody has. */
export interface Refusals {
  readonly account: Named;
  readonly nobody: readonly [Named, Named];
}

export interface Named {
  readonly username: string;
  readonly result: HttpResult;
}

/** In what the refusals tell an account that exists from one that does not; a reason where that is not known. */
export function compareRefusals(
  { account, nobody }: Refusals,
  session: ApiSession,
  { as, path, control }: Pick<AccountExistence, 'as' | 'path' | 'control'>,
): AccountExistence | string {
  const [one, first, second] = [account, ...nobody].map(({ username, result }) =>
    refusalOf(result, username, session, path),
  );
  if (one === undefined || first === undefined || second === undefined) return 'not asked';
  for (const each of [first, second, one]) if (typeof each === 'string') return each;
  const [known, unknown, again] = [one, first, second] as [Seen, Seen, Seen];
  const traits = new Set([known, unknown, again].flatMap((each) => [...each.traits.keys()]));
  const differences = [...traits].filter((trait) => {
    const usual = unknown.traits.get(trait);
    return usual === again.traits.get(trait) && usual !== known.traits.get(trait);
  });
  const told = ({ answer }: Seen): AccountExistence['account'] => ({
    status: answer.status,
    errorCode: errorCodeOf(answer),
  });
  const { node } = session.door;
  return {
    node,
    as,
    path,
    account: told(known),
    nobody: told(unknown),
    differences: differences.sort(),
    control,
  };
}

interface Seen {
  readonly answer: HttpAnswered;
  readonly traits: ReadonlyMap<string, string>;
}

/** Their length and time are those of the answer, which is compared whole. */
const passing: ReadonlySet<string> = new Set(['content-length', 'date', 'age', 'expires', 'last-modified']);

/** What is seen of a refusal; a reason where it is none. */
function refusalOf(
  result: HttpResult,
  username: string,
  { door: { likeness: listener, scheme } }: ApiSession,
  path: string,
): Seen | string {
  if (result.kind === 'failure') return result.reason;
  const { status } = result;
  const answer = classify(result, { listener, scheme, path });
  if (answer === 'rate-limited') return `answered ${status} (request rate limit)`;
  if (status < 400 || status >= 500)
    return `a wrong password was answered with ${status} (${answer}), which is no refusal`;
  const body = jsonBody(result);
  // JSON is compared by what it says: it may write the same name in several ways.
  const text = body === undefined ? bodyText(result) : JSON.stringify(body);
  const traits = new Map([
    ['status', String(status)],
    ['body', without(username, text)],
  ]);
  for (const [name, value] of result.headers) {
    const key = name.toLowerCase();
    if (passing.has(key)) continue;
    const trait = `header ${key}`.slice(0, 100);
    traits.set(trait, `${traits.get(trait) ?? ''}\n${without(username, value)}`);
  }
  return { answer: result, traits };
}

function without(username: string, text: string): string {
  const escaped = JSON.stringify(username).slice(1, -1);
  return [escaped, username, encodeURIComponent(username)].reduce((left, each) => removed(each, left), text);
}

/** Managers compare user names without regard to case, and may tell them in theirs. */
function removed(name: string, text: string): string {
  return name === '' ? text : text.replace(new RegExp(literally(name), 'giu'), '…');
}
