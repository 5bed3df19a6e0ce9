import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { serialize } from 'node:v8';
import { packageRoot } from '../../schema/package-root';
import { tabulate } from './literals';
import {
  compileDetectors,
  digestOf,
  preparedFile,
  preparedTable,
  type Prepared,
  type PreparedTable,
} from './load-detectors';
import { watchLiterals } from './watch';

/* A step of the build: reads and checks the detectors once, for load-detectors.ts to find, and makes the table of their literals. */
const folder = join(packageRoot(), 'rules', 'detectors');
const of = digestOf(folder);
const detectors = compileDetectors(folder);
writeFileSync(preparedFile, JSON.stringify({ of, detectors } satisfies Prepared));
const table = tabulate(watchLiterals(detectors).literals);
writeFileSync(preparedTable, serialize({ of, table } satisfies PreparedTable));
