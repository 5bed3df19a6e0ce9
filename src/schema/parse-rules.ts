import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from './package-root';
import { keyOf } from './parsed';
import { parseYaml } from './yaml-text';

/*
 * A step of the build: parses every YAML file below rules/ once, for parsed.ts to look up. Checks nothing but the YAML;
 * what is read is checked each time, parsed here or not.
 */
const folder = join(packageRoot(), 'rules');
const values = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.yaml'))
  .sort()
  .map((name) => {
    const text = readFileSync(join(folder, name), 'utf8');
    return [keyOf(text), parseYaml(text, name).value] as const;
  });
writeFileSync(join(__dirname, 'parsed.json'), JSON.stringify(Object.fromEntries(values)));
