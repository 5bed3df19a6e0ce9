import { InputError } from '../model/errors';
import type { Selection } from '../model/report';
import type { Profile, Rule } from '../model/rule';
import { digest } from '../schema/canonical';
import type { Catalogue } from './catalogue';
import { checkConditions } from './check-rule';
import { matchesRule } from './profile';

/**
 * The rules that a profile selects, with its severities and parameters put in. Throws InputError when a parameter
 * makes a rule that cannot be judged.
 */
export function selectRules(catalogue: Catalogue, profile: Profile): Selection {
  const chosen = catalogue.rules.filter(({ id }) => isSelected(id, profile));
  const deselected = catalogue.rules.filter((rule) => !chosen.includes(rule)).map((rule) => rule.id);
  return {
    catalogue: { version: catalogue.version, digest: catalogue.digest, rules: catalogue.rules.length },
    profile: { ...profile, digest: digest(profile) },
    rules: chosen.map((rule) => tailor(rule, profile)),
    deselected,
    uncovered: catalogue.uncovered,
  };
}

function isSelected(id: string, { select, deselect }: Profile): boolean {
  const named = (patterns: readonly string[]): boolean => patterns.some((p) => matchesRule(p, id));
  return (!select || named(select)) && !(deselect && named(deselect));
}

function tailor(rule: Rule, profile: Profile): Rule {
  const own = profile.parameters?.[rule.id];
  const severity = profile.severities?.[rule.id] ?? rule.severity;
  if (!own) return { ...rule, severity };
  const tailored: Rule = { ...rule, severity, parameters: { ...rule.parameters, ...own } };
  const [fault] = checkConditions(tailored);
  if (fault) {
    const message = `profile ${profile.id}: ${rule.id} cannot be judged with these parameters: ${fault.message}`;
    throw new InputError(message, { pointer: `/parameters/${rule.id}` });
  }
  return tailored;
}
