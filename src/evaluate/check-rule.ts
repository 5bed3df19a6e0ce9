import type { Rule } from '../model/rule';
import { compileRule } from './compile';
import { checkCondition, parametersIn, substitute, type Fault } from './condition';
import { dataShape, evidenceTypes } from './shape';

/** A published framework, as rules/frameworks/ describes it. */
export interface Framework {
  readonly id: string;
  readonly title: string;
  readonly version: string;
  /** How a requirement is cited: `{id}` stands for its id. */
  readonly citation: string;
  /** Regular expression that every requirement id of the framework matches. */
  readonly requirement: string;
}

/** What rule.schema.json cannot say: names that refer to something must refer to something that is there. */
export function checkRule(rule: Rule, frameworks: readonly Framework[]): readonly Fault[] {
  if (!evidenceTypes().includes(rule.evidence)) {
    const known = evidenceTypes().join(', ');
    return [{ pointer: '/evidence', message: `there is no evidence type ${rule.evidence}; known: ${known}` }];
  }
  return [...checkReferences(rule, frameworks), ...checkParameters(rule), ...checkConditions(rule)];
}

/** Faults of the rule's conditions under its present parameters. */
export function checkConditions(rule: Rule): readonly Fault[] {
  const shape = dataShape(rule.evidence);
  const faults = conditionsOf(rule).flatMap(([pointer, condition]) =>
    checkCondition(substitute(condition, rule.parameters ?? {}), shape, pointer),
  );
  if (faults.length > 0) return faults;
  try {
    compileRule(rule);
    return [];
  } catch (error) {
    return [{ pointer: '/assert', message: error instanceof Error ? error.message : String(error) }];
  }
}

function checkReferences(rule: Rule, frameworks: readonly Framework[]): readonly Fault[] {
  return Object.entries(rule.controls).flatMap(([id, requirements]) => {
    const framework = frameworks.find((f) => f.id === id);
    const at = `/controls/${id}`;
    if (!framework) return [{ pointer: at, message: `there is no framework ${id}` }];
    const form = new RegExp(framework.requirement);
    return requirements.flatMap((requirement, i) =>
      form.test(requirement)
        ? []
        : [{ pointer: `${at}/${i}`, message: `"${requirement}" is no requirement of ${id}` }],
    );
  });
}

function checkParameters(rule: Rule): readonly Fault[] {
  const declared = Object.keys(rule.parameters ?? {});
  const used = new Set(conditionsOf(rule).flatMap(([, condition]) => parametersIn(condition)));
  const unknown = conditionsOf(rule).flatMap(([pointer, condition]) =>
    parametersIn(condition)
      .filter((name) => !declared.includes(name))
      .map((name) => ({ pointer, message: `there is no parameter "${name}"` })),
  );
  const unused = declared
    .filter((name) => !used.has(name))
    .map((name) => ({ pointer: `/parameters/${name}`, message: `the parameter "${name}" is not used` }));
  const strange = rule.cases.flatMap((c, i) =>
    Object.keys(c.parameters ?? {})
      .filter((name) => !declared.includes(name))
      .map((name) => ({
        pointer: `/cases/${i}/parameters/${name}`,
        message: `there is no parameter "${name}"`,
      })),
  );
  return [...unknown, ...unused, ...strange];
}

function conditionsOf(rule: Rule): readonly (readonly [string, unknown])[] {
  return [
    ['/applies', rule.applies],
    ['/assert', rule.assert],
    ['/passRequires', rule.passRequires],
    ['/gradeCap/when', rule.gradeCap?.when],
  ];
}
