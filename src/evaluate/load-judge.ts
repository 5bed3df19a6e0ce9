import type { Selection } from '../model/report';
import type { Profile } from '../model/rule';
import type { Waiver } from '../model/waiver';
import { packageRoot } from '../schema/package-root';
import { loadCatalogue } from './catalogue';
import { loadProfile } from './profile';
import { selectRules } from './select';
import { readWaivers } from './waive';

/** What judges a bundle: rules as a profile selects them, and the failures that were accepted. */
export interface Judge {
  readonly selection: Selection;
  readonly waivers: readonly Waiver[];
}

/** How a bundle is to be judged. Profile: id of a shipped one, or a file. */
export interface JudgeOptions {
  readonly profile: string;
  readonly waivers?: string;
  /** Overrides of the profile's gate. */
  readonly gate?: Partial<Profile['gate']>;
}

/** Reads rules, profile and waivers. Throws InputError before anything else happens. */
export function loadJudge(options: JudgeOptions): Judge {
  const rules = `${packageRoot()}/rules`;
  const profile = loadProfile(options.profile, `${rules}/profiles`);
  const selection = selectRules(loadCatalogue(rules), {
    ...profile,
    gate: { ...profile.gate, ...options.gate },
  });
  return { selection, waivers: options.waivers === undefined ? [] : readWaivers(options.waivers, selection) };
}
