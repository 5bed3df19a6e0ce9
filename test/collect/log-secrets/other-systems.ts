import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../../src/schema/package-root';
import { seeded } from './seeded';

/** A line (or several) of some system, and the credentials in it as they may be told: in clear or as they stand there. */
export interface OtherLine {
  readonly template: string;
  readonly text: string;
  readonly secrets: readonly string[];
}

const digits = '0123456789';
const small = 'abcdefghijklmnopqrstuvwxyz';
const letters = `${small}${small.toUpperCase()}`;

/** The templates of `fixtures/files/logs/other-leaks.txt` or `other-honest.txt`, filled in; each seed fills them otherwise. */
export function otherLines(name: 'leaks' | 'honest', seed: number): readonly OtherLine[] {
  const path = join(packageRoot(), 'fixtures', 'files', 'logs', `other-${name}.txt`);
  const next = seeded(seed);
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((template) => fill(template, next));
}

function fill(template: string, next: (below: number) => number): OtherLine {
  const secrets: string[] = [];
  const text = template
    .replace(/^\[\w+\] /, '')
    .replaceAll('⏎', '\n')
    .replace(/\{(=?)([A-Za-z]\w*)(?::(\w+))?\}/g, (all, own: string, name: string, option = '') => {
      const value = valueOf(name, option as string, next);
      if (value === undefined) return all;
      const isSecret = own === '=' || /^(?:P|T|BASIC|BASICNUL|B64P)$/.test(name);
      if (isSecret) secrets.push(value.text, value.clear);
      return value.text;
    });
  return { template, text, secrets };
}

function valueOf(
  name: string,
  option: string,
  next: (below: number) => number,
): { readonly text: string; readonly clear: string } | undefined {
  const pick = <T>(list: readonly T[] | string): T => list[next(list.length)] as T;
  const draw = (set: string, length: number): string =>
    Array.from({ length }, () => pick<string>(set)).join('');
  const same = (text: string): { text: string; clear: string } => ({ text, clear: text });
  const length = Number(option) || 8;
  const base64 = (bytes: number): string =>
    Buffer.from(Array.from({ length: bytes }, () => next(256))).toString('base64');
  const password = (): string => {
    const made = [
      () => `${draw(letters, 5)}${draw(digits, 2)}${draw(letters, 3)}${draw(digits, 1)}`,
      () => `${pick(['Sommer', 'Berlin', 'Falcon', 'Orange'])}${draw(digits, 4)}!`,
      () => `${draw(small, 3)}${draw(digits, 3)}-${draw(small, 4)}${draw(digits, 1)}`,
      () => `x${draw(digits, 1)}${draw(letters, 7)}${draw(digits, 1)}#${draw(letters, 4)}`,
      () => `${pick(['horse', 'battery', 'lake'])}_${pick(['stone', 'paper', 'cloud'])}${draw(digits, 2)}`,
    ];
    return (
      option === 'strong' || option === 'url' ? pick(made.slice(0, option === 'url' ? 1 : 2)) : pick(made)
    )();
  };
  switch (name) {
    case 'P':
      return same(password());
    case 'T':
      return same(
        pick([
          () => `${draw(letters, 12)}${draw(digits, 2)}${draw(letters, 14)}${draw(digits, 2)}`,
          () => `${draw('0123456789abcdef', 38)}a7`,
          () => `${draw(`${letters}${digits}_-`, 38)}k3`,
        ])(),
      );
    case 'BASIC': {
      const clear = password();
      return { text: Buffer.from(`svc:${clear}`).toString('base64'), clear };
    }
    case 'BASICNUL': {
      const clear = password();
      return { text: Buffer.from(`\0svc\0${clear}`).toString('base64'), clear };
    }
    case 'B64P': {
      const clear = password();
      return { text: Buffer.from(clear).toString('base64'), clear };
    }
    case 'A':
      return same(draw(`${letters}${digits}`, length - 1) + draw(digits, 1));
    case 'K':
      return same(draw('ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', length));
    case 'X':
      return same(draw('0123456789abcdef', length));
    case 'N':
      return same(option === '' ? String(next(60_000)) : draw('123456789', length));
    case 'U':
      return same([8, 4, 4, 4, 12].map((part) => draw('0123456789abcdef', part)).join('-'));
    case 'URLB':
      return same(encodeURIComponent(base64(32)));
    case 'IP':
      return same(`10.${String(next(255))}.${String(next(255))}.${String(next(255))}`);
    case 'w':
      return same(
        pick(
          'billing catalog gateway reports search orders metrics ledger worker mailer audit cache'.split(' '),
        ),
      );
    case 'u':
      return same(pick('kim ute root svc_backup j.doe ops02 postgres deploy admin'.split(' ')));
    case 'B':
      return same(base64(length));
    default:
      return undefined;
  }
}
