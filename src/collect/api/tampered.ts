import type { Tampering } from '../../model/api-authentication';
import { secret, type Secret } from '../../model/target';
import { randomText } from './strangers';

/**
 * A token of `ctok-<id>-<secret>` changed in every way that a careless comparison might let pass, the likeliest first:
 * only the id looked up, a prefix compared in either direction, letters without their case, the secret without its id.
 */
export function tamperedTokens(
  token: Secret,
): readonly { readonly how: Tampering; readonly token: Secret }[] {
  const value = token.reveal();
  const cut = value.lastIndexOf('-') + 1;
  const head = value.slice(0, cut);
  const tail = value.slice(cut);
  const swapped = tail.replace(/[a-z]/gi, swapCase);
  const made: readonly (readonly [Tampering, string])[] = [
    ['last-character', `${value.slice(0, -1)}${value.endsWith('A') ? 'B' : 'A'}`],
    ['other-secret', `${head}${randomText(tail.length)}`],
    ['half-secret', `${head}${tail.slice(0, Math.ceil(tail.length / 2))}`],
    ['no-secret', head],
    ['longer-secret', `${value}A`],
    ['swapped-case', `${head}${swapped}`],
    ['other-id', `${otherId(head)}${tail}`],
  ];
  return made.filter(([, made]) => made !== value).map(([how, made]) => ({ how, token: secret(made) }));
}

function swapCase(letter: string): string {
  return letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase();
}

/** `ctok-<id>-` with an id that nobody has; a token of another shape keeps its beginning. */
function otherId(head: string): string {
  const [first = '', id = '', ...rest] = head.split('-');
  return [first, randomText(id.length), ...rest].join('-');
}
