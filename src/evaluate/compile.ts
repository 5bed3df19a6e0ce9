import type { JsonSchema, Rule } from '../model/rule';
import { compileSchema, type Validator } from '../schema/ajv';
import { substitute } from './condition';

/** A condition ready to judge, with the schema it was made of so that a misfit can be put in words. */
export interface Condition {
  readonly schema: JsonSchema;
  readonly validate: Validator;
}

export interface CompiledRule {
  readonly rule: Rule;
  readonly applies: Condition | null;
  readonly assert: Condition;
  readonly passRequires: Condition | null;
  readonly capWhen: Condition | null;
}

/** Puts the rule's parameters into its conditions and compiles them. Throws ajv's Error for a condition it refuses. */
export function compileRule(rule: Rule): CompiledRule {
  const parameters = rule.parameters ?? {};
  const condition = (schema: JsonSchema): Condition => {
    const filled = substitute(schema, parameters) as JsonSchema;
    return { schema: filled, validate: compileSchema(filled) };
  };
  return {
    rule,
    applies: rule.applies ? condition(rule.applies) : null,
    assert: condition(rule.assert),
    passRequires: rule.passRequires ? condition(rule.passRequires) : null,
    capWhen: rule.gradeCap?.when ? condition(rule.gradeCap.when) : null,
  };
}
