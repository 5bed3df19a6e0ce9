import { escapeToken } from '../model/pointer';
/** The process environment, or what stands for it. */
export type Environment = Readonly<Record<string, string | undefined>>;

const reference = /\$\$\{|\$\{([^}]*)\}?/g;
const variableName = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Replaces every `${NAME}` of a string; `$${` gives `${`. Throws a plain Error whose message names the variable only. */
export function expand(text: string, environment: Environment): string {
  return text.replaceAll(reference, (found, name: string | undefined) => {
    if (found === '$${') return '${';
    if (name === undefined || !found.endsWith('}') || !variableName.test(name)) {
      throw new ReferenceFault('"${" must begin a reference such as ${NAME}; write "$${" for the characters');
    }
    return variable(name, environment);
  });
}

/** The variable's name when the whole string is one reference, else null. */
export function soleReference(text: string): string | null {
  const name = /^\$\{([^}]*)\}$/.exec(text)?.[1];
  return name !== undefined && variableName.test(name) ? name : null;
}

/** Value of an environment variable. Throws ReferenceFault when it is unset or empty. */
export function variable(name: string, environment: Environment): string {
  const value = Object.hasOwn(environment, name) ? environment[name] : undefined;
  if (value === undefined) throw new ReferenceFault(`the environment variable ${name} is not set`);
  if (value === '') throw new ReferenceFault(`the environment variable ${name} is empty`);
  return value;
}

/** What is wrong with a reference; the caller knows where it stands. */
export class ReferenceFault extends Error {}

/** Calls `change` for every string in a JSON value, with its pointer, and returns the changed copy. */
export function mapStrings(
  value: unknown,
  change: (text: string, pointer: string) => unknown,
  pointer = '',
): unknown {
  if (typeof value === 'string') return change(value, pointer);
  if (value === null || typeof value !== 'object') return value;
  const child = ([key, inner]: [string, unknown]): [string, unknown] => [
    key,
    mapStrings(inner, change, `${pointer}/${escapeToken(key)}`),
  ];
  return Array.isArray(value)
    ? value.map((inner: unknown, index) => child([String(index), inner])[1])
    : Object.fromEntries(Object.entries(value).map(child));
}
