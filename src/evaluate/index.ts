export { loadCatalogue, type Catalogue } from './catalogue';
export type { Framework } from './check-rule';
export { evaluate, type Evaluation } from './evaluate';
export { findRule } from './find-rule';
export { loadProfile } from './profile';
export { selectRules } from './select';
export { readWaivers } from './waive';
