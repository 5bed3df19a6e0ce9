import type { JsonSchema, Rule } from '../../src/model/rule';
import { escapeToken } from '../../src/model/pointer';
import { compileRule } from '../../src/evaluate/compile';
import { substitute } from '../../src/evaluate/condition';
import { judgeEvidence } from '../../src/evaluate/judge';
import { evidenceOf, judgeCase, signature } from './case-data';

/** A rule with one keyword taken out or loosened. */
export interface Mutant {
  /** Where and how, e.g. `/assert/properties/speaks/not removed`. */
  readonly name: string;
  readonly rule: Rule;
}

/** Names of the mutants that no case of the rule notices: each is a keyword that does nothing the cases know of. */
export function survivors(rule: Rule): readonly string[] {
  const cases = rule.cases.filter((c) => c.state === undefined);
  const expected = cases.map((c) => signature(judgeCase(rule, c)));
  const evidence = cases.map((c) => evidenceOf(rule, c));
  return mutantsOf(rule)
    .filter((mutant) => {
      const own = compileOrNull(mutant.rule);
      if (!own) return false;
      return cases.every((c, i) => {
        const compiled =
          c.parameters && mutant.name.includes(' removed')
            ? compileOrNull({ ...mutant.rule, parameters: { ...rule.parameters, ...c.parameters } })
            : own;
        const observed = evidence[i];
        return !compiled || !observed || signature(judgeEvidence(compiled, observed)) === expected[i];
      });
    })
    .map((mutant) => mutant.name);
}

/** Every mutant of the three conditions. */
export function mutantsOf(rule: Rule): readonly Mutant[] {
  return (['applies', 'assert', 'passRequires'] as const).flatMap((part) => {
    const condition = rule[part];
    if (condition === undefined) return [];
    const removed = edits(condition, `/${part}`, 'removed');
    const loosened = edits(substitute(condition, rule.parameters ?? {}), `/${part}`, 'loosened', condition);
    return [...removed, ...loosened].map(({ name, schema }) => ({
      name,
      rule: { ...rule, [part]: schema as JsonSchema },
    }));
  });
}

interface Edit {
  readonly name: string;
  readonly schema: unknown;
}

/** `original`: the condition before parameters were put in; entries of a parameter's list need no case each. */
function edits(
  node: unknown,
  at: string,
  kind: 'removed' | 'loosened',
  original: unknown = node,
): readonly Edit[] {
  if (node === null || typeof node !== 'object') return [];
  if (Array.isArray(node)) {
    return node.flatMap((item: unknown, i) =>
      edits(item, `${at}/${i}`, kind, (original as unknown[])[i]).map(({ name, schema }) => ({
        name,
        schema: node.map((other: unknown, j) => (j === i ? schema : other)),
      })),
    );
  }
  return Object.entries(node).flatMap(([keyword, value]: [string, unknown]) => {
    const place = `${at}/${escapeToken(keyword)}`;
    const before = (original as Record<string, unknown> | undefined)?.[keyword];
    const put = (name: string, changed: unknown): Edit => ({ name, schema: { ...node, [keyword]: changed } });
    if (keyword === 'description') return [];
    const own =
      kind === 'removed' ? removals(node, keyword, place) : loosenings(keyword, value, before, place, put);
    if (keyword === 'properties') {
      const inner = Object.entries(value as Record<string, unknown>).flatMap(([name, schema]) =>
        edits(schema, `${place}/${escapeToken(name)}`, kind, (before as Record<string, unknown>)[name]).map(
          (edit) => put(edit.name, { ...(value as object), [name]: edit.schema }),
        ),
      );
      const whole = kind === 'removed' ? propertyRemovals(value as object, place, put) : [];
      return [...own, ...whole, ...inner];
    }
    const nested = nesting.has(keyword)
      ? edits(value, place, kind, before).map((edit) => put(edit.name, edit.schema))
      : [];
    return [...own, ...nested];
  });
}

const nesting = new Set(['items', 'contains', 'not', 'if', 'then', 'else', 'allOf', 'anyOf']);

function removals(node: object, keyword: string, place: string): readonly Edit[] {
  // `if` without branches is refused, and so are branches without `if`: they go together.
  const gone = keyword === 'if' ? ['if', 'then', 'else'] : [keyword];
  const rest = Object.fromEntries(Object.entries(node).filter(([name]) => !gone.includes(name)));
  return [{ name: `${place} removed`, schema: rest }];
}

function propertyRemovals(
  value: object,
  place: string,
  put: (name: string, v: unknown) => Edit,
): readonly Edit[] {
  return Object.keys(value).map((name) => {
    const rest = Object.fromEntries(Object.entries(value).filter(([other]) => other !== name));
    return put(`${place}/${escapeToken(name)} removed`, rest);
  });
}

function loosenings(
  keyword: string,
  value: unknown,
  before: unknown,
  place: string,
  put: (name: string, v: unknown) => Edit,
): readonly Edit[] {
  if (typeof value === 'number' && keyword !== 'const') {
    return [value - 1, value + 1]
      .filter((n) => n >= 0)
      .map((n) => put(`${place} ${value} → ${n} loosened`, n));
  }
  const listed =
    ['enum', 'required', 'allOf', 'anyOf'].includes(keyword) && Array.isArray(value) && Array.isArray(before);
  if (!listed || (value as unknown[]).length < 2) return [];
  return (value as unknown[]).map((entry, i) =>
    put(
      `${place}/${i} ${typeof entry === 'string' ? entry : JSON.stringify(entry)} loosened`,
      (value as unknown[]).filter((_, j) => j !== i),
    ),
  );
}

function compileOrNull(rule: Rule): ReturnType<typeof compileRule> | null {
  try {
    return compileRule(rule);
  } catch {
    return null;
  }
}
