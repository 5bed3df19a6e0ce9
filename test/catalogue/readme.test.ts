import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadCatalogue, renderIndex } from '../../src/evaluate/index';
import { packageRoot } from '../../src/schema/package-root';

const rules = join(packageRoot(), 'rules');

test('rules/README.md is up to date (npm run rules:index)', () => {
  expect(readFileSync(join(rules, 'README.md'), 'utf8')).toBe(renderIndex(loadCatalogue(rules)));
});
